/**
 * npx tsx test/load/steady.ts --rate 100 --seconds 60
 *
 * A steady stream of calls: SIPp as carrier → the real daemon → SIPp as PBX. Prints what came of
 * them and exits 0 only if no call failed, no dialog is left and every leg has its record.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { hostPort } from '../../src/phones/address.js';
import { freePort } from '../../src/phones/free-port.js';
import { everyCall } from '../support/api.js';
import { Daemon } from '../support/daemon.js';
import { cpuSeconds, residentMb } from '../support/process-figures.js';
import { Sipp } from '../support/sipp.js';
import { requireSipp } from '../support/sipp-tool.js';
import { writeCallers } from './callers-file.js';

const DIDS = ['+12025561000', '+12025561001', '+12025561002'];

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '60' },
    'talk-ms': { type: 'string', default: '1000' },
  },
});
const rate = Number(values.rate);
const total = rate * Number(values.seconds);

const say = (text: string): unknown => process.stdout.write(`${text}\n`);

requireSipp();
const directory = mkdtempSync(join(tmpdir(), 'callveil-load-'));
const carrier = { host: '127.0.1.1', port: await freePort('127.0.1.1') };
const pbx = { host: '127.0.2.1', port: await freePort('127.0.2.1') };
const daemon = await Daemon.start({
  sip: { max_calls: 20_000 },
  log: { level: 'warn' },
  tenants: [{ id: 'acme', dids: DIDS, carrier_trunk: 'carrier', pbx_trunk: 'pbx' }],
  trunks: [
    {
      name: 'carrier',
      role: 'carrier',
      sources: [carrier.host],
      targets: [`sip:${hostPort(carrier)}`],
      media: 'direct',
    },
    {
      name: 'pbx',
      role: 'pbx',
      tenant: 'acme',
      sources: [pbx.host],
      targets: [`sip:${hostPort(pbx)}`],
      aor_domain: 'pbx.example',
      media: 'direct',
    },
  ],
});

try {
  const callers = await writeCallers(daemon, directory);
  const startMb = residentMb(daemon.pid);
  const common = { calls: total, trace: false, timeoutSeconds: Number(values.seconds) + 60 };
  const callee = await Sipp.start({
    ...common,
    scenario: join(import.meta.dirname, 'pbx-answers.xml'),
    local: pbx,
  });
  const started = performance.now();
  const caller = await Sipp.start({
    ...common,
    scenario: join(import.meta.dirname, 'carrier-calls.xml'),
    local: carrier,
    remote: daemon.sip,
    rate,
    more: ['-inf', callers, '-d', values['talk-ms'], '-l', '10000'],
  });
  let peakMb = startMb;
  const watch = setInterval(() => (peakMb = Math.max(peakMb, residentMb(daemon.pid))), 1000);
  const result = await caller.done();
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watch);
  if (result.failed > 0) callee.terminate();
  const answered = await callee.done();
  await sleep(2000);
  const records = (await everyCall(daemon.api)).flatMap((call) => call.legs);
  const unended = records.filter((leg) => leg.ended_at === null).length;
  const open = await daemon.metric('callveil_legs_active');
  const reasons = new Map<string, number>();
  for (const leg of records) {
    const reason = String(leg['reason']);
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const figures = {
    calls: result.successful + result.failed,
    failed: result.failed,
    failed_at_pbx: answered.failed,
    seconds: Number(seconds.toFixed(1)),
    open_dialogs_afterwards: open,
    cdr_legs: records.length,
    cdr_legs_without_end: unended,
    cdr_reasons: Object.fromEntries(reasons),
    rss_mb: { start: startMb, peak: peakMb, end: residentMb(daemon.pid) },
    cpu_seconds: cpuSeconds(daemon.pid),
  };
  say(JSON.stringify(figures, undefined, 2));
  const errors = `${result.errors}${answered.errors}`;
  if (errors !== '') say(errors.slice(0, 2000));
  const good =
    figures.calls === total &&
    result.failed + answered.failed + open + unended === 0 &&
    records.length === 2 * total;
  say(good ? 'PASS' : 'FAIL');
  process.exitCode = good ? 0 : 1;
} finally {
  await daemon.stop();
  rmSync(directory, { recursive: true, force: true });
}
