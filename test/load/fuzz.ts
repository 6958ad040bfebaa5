/**
 * npx tsx test/load/fuzz.ts --messages 1000000 --seed 1
 *
 * Malformed messages against the whole daemon, from its own trunk and from strangers, in datagrams
 * and on streams; some of them are calls, and the callee answers no better. Between them good calls.
 * Exits 0 only if the daemon lives, every good call went well, nothing of one side reached the
 * other, and the daemon's memory stayed what it was.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { scan, secretText, type Finding } from '../../src/phones/scan.js';
import { Dice } from '../fuzz/dice.js';
import { answerOddly, calleeCanary } from '../fuzz/hostile-callee.js';
import { HostileSenders } from '../fuzz/hostile-senders.js';
import { nextMessage } from '../fuzz/messages.js';
import { canary } from '../fuzz/words.js';
import { Lab, PEOPLE } from '../support/lab.js';
import { residentMb } from '../support/process-figures.js';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});
const messages = Number(values.messages);
const dice = new Dice(Number(values.seed));
const began = performance.now();
/** Timers of the last transaction and of the last unanswered call (64·T1), in ms. */
const aftermath = 40_000;
const batch = 250;
/** How long a busy machine may take for one step of a good call, in ms: Timer B and some. */
const patience = 40_000;

const say = (text: string): unknown => process.stdout.write(`${text}\n`);

const lab = await Lab.open({ sip: { max_calls: 5_000 } });
const { carrier, pbx, daemon } = lab;
lab.session = await lab.openSession({ ttl: 86_400 });
const strangers = Array.from({ length: 30 }, (_, index) => `127.7.0.${index + 1}`);
const hosts = [...Array<string>(30).fill(PEOPLE.carrierHost), ...strangers];
const senders = await HostileSenders.open(daemon.sip, hosts);
const leaks: Finding[] = [];
let calls = 0;
let good = 0;

/** What has crossed since the last look; the traces are emptied, a million messages are many. */
function look(): void {
  const atPbx = scan(pbx.trace.receivedBytes(), [secretText('text of a caller', canary)]);
  const atCarrier = scan(Buffer.concat([carrier.trace.receivedBytes(), senders.take()]), [
    secretText('text of a callee', calleeCanary),
    secretText('the agent’s extension', PEOPLE.agent),
    secretText('the agent’s domain', PEOPLE.aorDomain),
    secretText('the PBX’s address', PEOPLE.pbxHost),
  ]);
  leaks.push(...lab.leaks(), ...atPbx, ...atCarrier);
  pbx.trace.entries.length = 0;
  carrier.trace.entries.length = 0;
}

function answerAll(): void {
  for (let call = pbx.pollCall(); call !== undefined; call = pbx.pollCall()) {
    calls += 1;
    answerOddly(dice, pbx, call);
  }
}

/** An answer shows that the daemon lives and has read what was sent before. */
async function alive(): Promise<void> {
  const uri = `sip:${daemon.sip.host}:${daemon.sip.port}`;
  await carrier.request('OPTIONS', { uri, peer: daemon.sip }).final(patience);
}

async function goodCall(): Promise<void> {
  await sleep(500);
  answerAll();
  const caller = lab.customerCalls();
  const callee = await pbx.nextCall(patience);
  callee.ring();
  callee.answer();
  await caller.answered({}, patience);
  await callee.acked(patience);
  const bye = caller.request('BYE');
  await Promise.all([bye.final(patience), callee.expect('BYE', patience)]);
  good += 1;
}

function toTheSession(): { uri: string; from: string; method: string } {
  const uri = `sip:${lab.session.customerDials}@${daemon.sip.host}:${daemon.sip.port}`;
  return { uri, from: `<sip:${PEOPLE.customer}@carrier.example>`, method: 'INVITE' };
}

/** One message on its way, whoever sends it. */
async function send(): Promise<void> {
  const trunk = dice.once(2);
  const bytes = nextMessage(dice, trunk && dice.once(20) ? toTheSession() : {});
  if (!dice.once(500)) {
    senders.datagram(dice.throw(30) + (trunk ? 0 : 30), bytes);
    return;
  }
  const cut = dice.throw(bytes.length);
  const pieces = [bytes.subarray(0, cut), bytes.subarray(cut), nextMessage(dice)];
  await senders.stream(trunk ? PEOPLE.carrierHost : '127.7.0.1', pieces);
}

/** Sends them all; RSS in MB after the first tenth, when everything has been used once. */
async function sendAll(): Promise<number> {
  let settled = 0;
  for (let sent = 1; sent <= messages; sent += 1) {
    await send();
    if (sent % batch === 0) {
      await alive();
      answerAll();
      look();
    }
    if (sent % Math.ceil(messages / 10) !== 0) continue;
    await goodCall();
    settled ||= residentMb(daemon.pid);
    const seconds = ((performance.now() - began) / 1_000).toFixed(0);
    say(
      `${sent} messages, ${calls} calls, ${good} good, ${residentMb(daemon.pid)} MB, ${seconds} s`,
    );
  }
  return settled;
}

/** Whether all is as it was before. */
async function storm(): Promise<boolean> {
  await goodCall();
  const before = residentMb(daemon.pid);
  const settled = await sendAll();
  const loaded = residentMb(daemon.pid);
  const took = (performance.now() - began) / 1_000;
  for (let waited = 0; waited < aftermath; waited += 500) {
    await sleep(500);
    answerAll();
  }
  await goodCall();
  look();
  const after = residentMb(daemon.pid);
  say(`${messages} messages in ${took.toFixed(0)} s, seed ${values.seed}`);
  say(`${calls} of them became calls; good calls: ${good}`);
  say(
    `RSS in MB: ${before} before, ${settled} after a tenth, ${loaded} at the end, ${after} later`,
  );
  say(`leaks: ${leaks.length}`);
  for (const leak of leaks.slice(0, 20)) say(`  ${JSON.stringify(leak)}`);
  const flat = after <= settled * 1.25 + 10;
  if (!flat) say('memory is not flat');
  return flat && leaks.length === 0;
}

try {
  process.exitCode = (await storm()) ? 0 : 1;
} finally {
  senders.close();
  await lab.close();
}
