/**
 * CPU time of a call's record writes, and how long they hold up its setup:
 * `npx tsx test/bench/leg-records.ts --rate 200 --seconds 10`.
 * The same calls without a store are taken off, so that timers and promises do not count.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/boot/system-clock.js';
import type { CallId, LegId, LegRecord } from '../../src/domain/records/leg-record.js';
import type { PartyRef, SessionId } from '../../src/domain/sessions/session.js';
import { patientRecords } from '../../src/flows/patient-records.js';
import type { LegRecords } from '../../src/flows/ports/records.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { recordingLog } from '../support/recording-telemetry.js';
import { ACME, didNo } from '../support/session-drafts.js';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
  },
});
const rate = Number(values.rate);
const calls = rate * Number(values.seconds);
const clock = systemClock();

const NOWHERE = {
  start: () => Promise.resolve(),
  update: () => Promise.resolve(),
  end: () => Promise.resolve(),
} as unknown as LegRecords;

/** As sortable as the ULIDs of a real run. */
const id = (kind: string, n: number): string => `${kind}_01K${String(n).padStart(23, '0')}`;

function leg(n: number, side: 'a' | 'b'): LegRecord {
  const known = side === 'b';
  return {
    legId: id('leg', 2 * n + (known ? 1 : 0)) as LegId,
    callId: id('call', n) as CallId,
    leg: side,
    direction: 'from_carrier',
    tenant: known ? ACME : undefined,
    sessionId: known ? (id('sess', n % 50) as SessionId) : undefined,
    trunk: 'carrier',
    partyRef: known ? (id('pty', n % 50) as PartyRef) : undefined,
    proxyNumber: known ? didNo(1) : undefined,
    consentOutcome: undefined,
    remoteCountry: undefined,
    sipCallId: `${n}-5270@127.0.1.1`,
    startedAt: clock.now(),
    ringingAt: undefined,
    answeredAt: undefined,
    endedAt: undefined,
    status: 'initiated',
    endedBy: undefined,
    sipStatus: undefined,
    q850Cause: undefined,
    result: undefined,
    reason: undefined,
    node: 'n1',
    recordingId: undefined,
  };
}

/** What the flows write of one call; answers how long its setup waited for it: the start of leg B. */
async function call(n: number, records: LegRecords): Promise<number> {
  const [a, b] = [leg(n, 'a'), leg(n, 'b')];
  const { tenant, sessionId, partyRef, proxyNumber } = b;
  const began = performance.now();
  void records.start(a);
  void records.update(a.legId, { tenant, proxyNumber });
  void records.update(a.legId, { tenant, sessionId, partyRef, proxyNumber });
  await records.start(b);
  const held = performance.now() - began;
  await sleep(20);
  for (const { legId } of [b, a]) {
    void records.update(legId, { ringingAt: clock.now(), status: 'ringing' });
  }
  await sleep(30);
  void records.update(b.legId, { answeredAt: clock.now(), status: 'in-progress' });
  await sleep(1);
  void records.update(a.legId, { answeredAt: clock.now(), status: 'in-progress' });
  await sleep(1000);
  const ending = { endedAt: clock.now(), status: 'completed', endedBy: 'caller' } as const;
  const why = {
    sipStatus: 200,
    q850Cause: 16,
    result: 'success',
    reason: 'caller-hung-up',
  } as const;
  await Promise.all([a, b].map(({ legId }) => records.end(legId, { ...ending, ...why })));
  return held;
}

interface Figures {
  readonly cpu: number;
  readonly held: readonly number[];
  readonly stall: number;
}

async function run(records: LegRecords): Promise<Figures> {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const before = process.cpuUsage();
  const began = performance.now();
  const all: Promise<number>[] = [];
  while (all.length < calls) {
    const due = Math.min(calls, ((performance.now() - began) * rate) / 1000);
    while (all.length < due) all.push(call(all.length, records));
    await sleep(2);
  }
  const held = (await Promise.all(all)).sort((x, y) => x - y);
  const { user, system } = process.cpuUsage(before);
  loop.disable();
  return { cpu: (user + system) / calls, held, stall: loop.max / 1e6 };
}

async function overSqlite(): Promise<Figures> {
  const directory = mkdtempSync(join(tmpdir(), 'callveil-bench-'));
  const store = openSqliteStore({ path: join(directory, 'callveil.db'), clock });
  try {
    return await run(patientRecords(store.records, clock, recordingLog()));
  } finally {
    store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

const at = (held: readonly number[], share: number): string =>
  (held[Math.floor((held.length - 1) * share)] ?? 0).toFixed(2);

// The timers of a Clock keep no process alive; in the daemon the sockets do.
const alive = setInterval(() => undefined, 1000);
for (let round = 0; round < Number(values.rounds); round += 1) {
  const idle = await run(patientRecords(NOWHERE, clock, recordingLog()));
  const { cpu, held, stall } = await overSqlite();
  const wait = [0.5, 0.99, 1].map((share) => at(held, share)).join(' / ');
  process.stdout.write(
    `${(cpu - idle.cpu).toFixed(0)} CPU-µs per call; setup held up p50 / p99 / max ${wait} ms; longest stall ${stall.toFixed(0)} ms\n`,
  );
}
clearInterval(alive);
