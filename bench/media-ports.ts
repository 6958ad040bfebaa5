/**
 * tsx bench/media-ports.ts [--calls 10,50,200] [--seconds 10] [--gather 5] [--relayed] [--recorded] [--capture]
 *
 * What a two-leg G.711 call costs in the embedded media server, how late its packets are and how
 * many are lost; callers in a process of their own. With --capture (dumpcap, as root) also how long
 * packets are inside the server, without what delays the callers. bench/README.md says how to read it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LoCapture, type InServer } from './media/lo-capture.js';
import { LineChild, stopLineChildren } from './media/line-child.js';
import { table } from './report/table.js';

interface Heard {
  readonly sent: number;
  readonly came: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly lateOver20Ms: number;
}

interface Served {
  readonly faults: readonly string[];
  readonly loopDelayMs: { readonly p99: number; readonly max: number };
}

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '10,50,200' },
    seconds: { type: 'string', default: '10' },
    gather: { type: 'string', default: '5' },
    lowest: { type: 'string', default: '12000' },
    relayed: { type: 'boolean', default: false },
    recorded: { type: 'boolean', default: false },
    capture: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const both = values.relayed === values.recorded;
const here = import.meta.dirname;

async function measure(calls: number, recorded: boolean): Promise<string[]> {
  const server = new LineChild(join(here, 'media/ports-server.ts'));
  const callers = new LineChild(join(here, 'media/rtp-callers.ts'));
  const record = recorded ? mkdtempSync(join(tmpdir(), 'callveil-bench-')) : undefined;
  try {
    const [lowest, gatherMs] = [Number(values.lowest), Number(values.gather)];
    const ports = await server.ask<number[]>({ calls, lowest, gatherMs, record });
    await server.ask(await callers.ask<number[]>(2 * calls));
    const targets = ports.map((port) => ({ address: '127.0.0.1', port }));
    const capture = values.capture ? new LoCapture() : undefined;
    // It has begun when it sees the first packet that counts, two seconds from here.
    const heard = callers.ask<Heard>({ targets, seconds });
    // Two seconds are for warming up, and do not count.
    await sleep(2_000);
    const before = server.cpuUs();
    await sleep(seconds * 1_000);
    const cpuUs = server.cpuUs() - before;
    const came = await heard;
    const inside = await capture?.end(seconds);
    return [
      ...row(calls, recorded, cpuUs, came, await server.ask<Served>('end')),
      ...(inside === undefined ? [] : insideRow(inside)),
    ];
  } finally {
    server.stop();
    callers.stop();
    if (record !== undefined) rmSync(record, { recursive: true });
  }
}

function row(
  calls: number,
  recorded: boolean,
  cpuUs: number,
  heard: Heard,
  served: Served,
): string[] {
  if (served.faults.length > 0) throw new Error(served.faults.join('; '));
  const share = (part: number): string => ((100 * part) / heard.sent).toFixed(3);
  return [
    `${calls} ${recorded ? 'recorded' : 'relayed'}`,
    (cpuUs / 10_000 / seconds).toFixed(1),
    (cpuUs / 10_000 / seconds / calls).toFixed(3),
    (cpuUs / heard.sent).toFixed(1),
    share(heard.sent - heard.came),
    share(heard.lateOver20Ms),
    `${heard.p50Ms} ${heard.p99Ms} ${heard.p999Ms}`,
    `${served.loopDelayMs.p99.toFixed(1)} ${served.loopDelayMs.max.toFixed(1)}`,
  ];
}

function insideRow(inside: InServer): string[] {
  const share = (part: number): string => ((100 * part) / inside.packets).toFixed(3);
  return [
    `${share(inside.lost)} ${share(inside.lateOver20Ms)}`,
    `${inside.p50Ms} ${inside.p99Ms} ${inside.p999Ms}`,
  ];
}

process.once('SIGINT', () => {
  stopLineChildren();
  process.exit(130);
});

const rows: string[][] = [];
for (const recorded of both ? [false, true] : [values.recorded]) {
  for (const calls of values.calls.split(',').map(Number))
    rows.push(await measure(calls, recorded));
}
const head = [
  'calls',
  '% of a core',
  '% per call',
  'µs/packet',
  'lost %',
  'late %',
  'ms p50 p99 p99.9',
  'loop ms p99 max',
  ...(values.capture ? ['inside: lost late %', 'inside: ms p50 p99 p99.9'] : []),
];
console.log(table(head, rows));
