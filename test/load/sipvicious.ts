/**
 * npx tsx test/load/sipvicious.ts
 *
 * What a scanner learns: svmap, svwar and svcrack of sipvicious (Debian package `sipvicious`) against
 * the whole daemon, from a stranger's address and from its own trunk's, as they are and under another
 * name, with strangers dropped and answered. Prints what each found, and how long a stranger waits
 * for the refusal of a known and of an unknown number. Exits 0 only if nobody found more than that
 * somebody is here, and that only where OPTIONS is answered, and if both numbers are refused alike.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/phones/free-port.js';
import type { SipText } from '../../src/phones/message.js';
import { Phone } from '../../src/phones/phone.js';
import { Lab, PEOPLE } from '../support/lab.js';

const STRANGER = '127.0.9.9';
const UNKNOWN = '+12025569999';
const asked = 300;
const directory = mkdtempSync(join(tmpdir(), 'callveil-sipvicious-'));
const say = (text: string): unknown => process.stdout.write(`${text}\n`);

interface Attack {
  readonly tool: 'svmap' | 'svwar' | 'svcrack';
  readonly options: readonly string[];
}

const words = ['-d', join(directory, 'words'), '--force', '--maximumtime', '2'];
const attacks: readonly Attack[] = [
  { tool: 'svmap', options: [] },
  { tool: 'svmap', options: ['-m', 'INVITE'] },
  { tool: 'svwar', options: words },
  { tool: 'svwar', options: ['-m', 'OPTIONS', ...words] },
  { tool: 'svwar', options: ['-m', 'INVITE', ...words] },
  { tool: 'svcrack', options: ['-u', '100', '-r', '1-20', '--maximumtime', '2'] },
];

/** Rows of the table that the tool prints of its finds; the first one is the head. */
function finds(output: string): string[] {
  const rows = output.split('\n').filter((line) => /^[|│]/.test(line) && /[^|│\s]/.test(line));
  return rows.slice(1).map((row) => row.replace(/\s+/g, ' '));
}

/** Who attacks: a host, and the name it gives itself; `-` is the one that sipvicious gives it. */
interface Attacker {
  readonly who: string;
  readonly host: string;
  readonly agent: string;
}

const attackers: readonly Attacker[] = [
  { who: 'a stranger', host: STRANGER, agent: '-' },
  { who: 'a stranger in disguise', host: STRANGER, agent: 'Phone' },
  { who: 'the trunk', host: PEOPLE.carrierHost, agent: '-' },
  { who: 'the trunk in disguise', host: PEOPLE.carrierHost, agent: 'Phone' },
];

/** All that the tool printed. */
async function run(
  { tool, options }: Attack,
  { host, agent }: Attacker,
  port: number,
): Promise<string> {
  const script = join(import.meta.dirname, 'sipvicious-from.py');
  const name = tool === 'svmap' && agent !== '-' ? ['--fromname', agent] : [];
  // Answers to one tool that it left without an ACK come again, and must not mislead the next.
  const local = String(await freePort(host));
  const mine = ['-x', host, '-P', local, '-p', String(port), ...name];
  return new Promise((resolve) => {
    execFile(
      'python3',
      [script, host, agent, tool, ...mine, ...options, '127.0.0.1'],
      { env: { ...process.env, HOME: directory }, timeout: 30_000 },
      (_, out, err) => resolve(out + err),
    );
  });
}

/** Whether an attacker found no more than that somebody is here, where requests are answered. */
async function learntNothing(
  attack: Attack,
  attacker: Attacker,
  { lab, answered }: { lab: Lab; answered: boolean },
): Promise<boolean> {
  const output = await run(attack, attacker, lab.daemon.sip.port);
  const found = finds(output);
  const finished = output.includes('found nothing') || found.length > 0;
  const what = finished ? found.join(' ') || 'nothing' : `did not end well: ${output}`;
  say(`${attacker.who}: ${[attack.tool, ...attack.options.slice(0, 2)].join(' ')}: ${what}`);
  const visible = attack.tool === 'svmap' && answered && attacker.agent !== '-';
  return finished && found.length <= (visible ? 1 : 0);
}

/** How many attacks found more than they may. */
async function attackAll(lab: Lab, strangers: 'drop' | 'answer'): Promise<number> {
  let bad = 0;
  for (const attacker of attackers) {
    const answered = attacker.host !== STRANGER || strangers === 'answer';
    for (const attack of attacks) {
      if (!(await learntNothing(attack, attacker, { lab, answered }))) bad += 1;
    }
  }
  return bad;
}

/** What of an answer does not repeat the question. */
const own = (answer: SipText): string =>
  [answer.startLine, ...answer.fields.map(({ name, value }) => `${name}: ${value}`), answer.body]
    .filter((line) => !/^(via|from|to|call-id|cseq):/.test(line))
    .join('\n');

/** Whether a known and an unknown number have the same answer. */
async function alike(lab: Lab): Promise<boolean> {
  const stranger = await Phone.open({ user: 'x', host: STRANGER });
  const numbers = { known: lab.session.customerDials, unknown: UNKNOWN };
  const waits: Record<keyof typeof numbers, number[]> = { known: [], unknown: [] };
  const answers = new Set<string>();
  for (let i = 0; i < 2 * asked; i += 1) {
    const which = i % 2 === 0 ? 'known' : 'unknown';
    const uri = `sip:${numbers[which]}@127.0.0.1:${lab.daemon.sip.port}`;
    const began = performance.now();
    answers.add(own(await stranger.call({ uri, peer: lab.daemon.sip }).final()));
    waits[which].push(performance.now() - began);
  }
  await stranger.close();
  for (const [which, all] of Object.entries(waits)) {
    const at = (share: number): string =>
      (all.toSorted((a, b) => a - b)[Math.floor(share * all.length)] ?? NaN).toFixed(2);
    say(
      `${which} number: ${asked} refusals, median ${at(0.5)} ms, 10 % ${at(0.1)}, 90 % ${at(0.9)}`,
    );
  }
  say(`different answers: ${answers.size}: ${[...answers].join(' | ').replaceAll('\n', ', ')}`);
  return answers.size === 1;
}

if (spawnSync('svmap', ['--version']).error !== undefined) {
  throw new Error('sipvicious is missing. Install it with: sudo apt-get install -y sipvicious');
}
async function scanned(strangers: 'drop' | 'answer'): Promise<number> {
  say(`\nStrangers: ${strangers}`);
  const admission = { strangers, stranger_per_second: 10_000, strangers_per_second: 10_000 };
  const lab = await Lab.open({ sip: { admission } });
  try {
    const bad = await attackAll(lab, strangers);
    const same = strangers === 'drop' || (await alike(lab));
    const reached = lab.pbx.trace.entries.length > 0;
    if (reached) say('the PBX was reached');
    return bad + (same ? 0 : 1) + (reached ? 1 : 0);
  } finally {
    await lab.close();
  }
}

try {
  const known = [...PEOPLE.dids, PEOPLE.agent, PEOPLE.customer];
  writeFileSync(join(directory, 'words'), [...known, UNKNOWN, 'admin', '100', ''].join('\n'));
  const bad = (await scanned('drop')) + (await scanned('answer'));
  say(bad === 0 ? 'PASS' : `FAIL: ${bad}`);
  process.exitCode = bad === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
