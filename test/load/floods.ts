/**
 * npx tsx test/load/floods.ts --seconds 2
 *
 * Floods the whole daemon: OPTIONS, scanners, REGISTER, garbage, calls that are never acknowledged,
 * ringing and digits without end, from an address it does not know and from its own trunk's. Prints
 * how it was after each. Exits 0 only if OPTIONS and a good call went well within 5 s of each flood,
 * a stranger heard nothing and left nothing to do, and when the transactions of the trunk are over
 * (64·T1) the daemon is idle, and a second round of them leaves memory near what the first left.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { FloodedLab, type Aftermath } from '../floods/flooded-lab.js';
import { floods } from '../floods/floods.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '2' } } });
/** How soon after a flood the daemon must be well again, in ms. */
const soon = 5_000;
/** 64·T1 and a little: the last transaction has gone, in ms. */
const aftermath = 36_000;
const idle = 0.15;
/** A heap that was used once is as large as the last collection left it. */
const near = (mb: number): number => mb * 1.25 + 50;
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

const say = (text: string): unknown => process.stdout.write(`${text}\n`);

interface Health {
  readonly rssMb: number;
  readonly cpu: number;
}

function complaints(who: string, after: Aftermath & Health, startMb: number): string[] {
  const found = [];
  if (after.callMs > soon) found.push('a good call took too long');
  if (who === 'trunk') return found;
  if (after.answers > 0) found.push('a stranger was answered');
  if (after.cpu > idle) found.push('it is not idle');
  if (after.rssMb > near(startMb)) found.push('memory grew');
  return found;
}

async function flood(flooded: FloodedLab, who: 'stranger' | 'trunk', startMb: number) {
  let bad = 0;
  for (const kind of floods) {
    const messages = kind.perSecond * Number(values.seconds);
    const stood = await flooded.stand(kind, who, messages);
    const after = { ...stood, cpu: await flooded.idleCpu(), rssMb: flooded.rssMb };
    const found = complaints(who, after, startMb);
    bad += found.length;
    const answers = who === 'stranger' ? `, ${after.answers} answers` : '';
    say(
      `${who}: ${messages} × ${kind.what}: OPTIONS after ${after.optionsMs.toFixed(0)} ms, ` +
        `call over after ${after.callMs.toFixed(0)} ms (503 before it: ${after.turnedAway})` +
        `${answers}, RSS ${after.rssMb} MB, CPU ${percent(after.cpu)} ${found.join(', ')}`,
    );
  }
  return bad;
}

/** The floods of the trunk, and what is left when their transactions are over. */
async function round(flooded: FloodedLab): Promise<{ bad: number } & Health> {
  const bad = await flood(flooded, 'trunk', Infinity);
  await sleep(aftermath);
  const left = { rssMb: flooded.rssMb, cpu: await flooded.idleCpu() };
  say(`${aftermath / 1_000} s later: RSS ${left.rssMb} MB, CPU ${percent(left.cpu)}`);
  return { bad, ...left };
}

const flooded = await FloodedLab.open();
try {
  await flooded.stand(floods[0]!, 'trunk', 1);
  const startMb = flooded.rssMb;
  say(`RSS at the start: ${startMb} MB`);
  const byStranger = await flood(flooded, 'stranger', startMb);
  // Node keeps a heap that has once been needed: what grows is seen in the second round.
  const [first, second] = [await round(flooded), await round(flooded)];
  const flat = second.rssMb <= near(first.rssMb);
  const quiet = first.cpu <= idle && second.cpu <= idle;
  const good = byStranger + first.bad + second.bad === 0 && flat && quiet;
  say(good ? 'PASS' : `FAIL ${flat ? '' : 'memory grew '}${quiet ? '' : 'it is not idle'}`);
  process.exitCode = good ? 0 : 1;
} finally {
  await flooded.close();
}
