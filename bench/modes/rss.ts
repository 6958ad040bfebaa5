import { setTimeout as sleep } from 'node:timers/promises';
import { callThrough } from '../measure/load.js';
import { memoryMb } from '../measure/processes.js';
import { withSystem, type Stage } from '../measure/stage.js';
import type { BenchOptions } from '../options.js';
import type { Say } from '../report/say.js';
import type { SystemKind, SystemName } from '../systems/system.js';

export interface RssResult {
  readonly system: SystemName;
  readonly rate: number;
  readonly calls: number;
  readonly failed: number;
  readonly startMb: number;
  /** After so many calls. */
  readonly at: readonly { readonly call: number; readonly mb: number }[];
  /** From the first mark to the last, in percent. */
  readonly growthPercent: number;
}

const MARKS = [50_000, 100_000, 150_000];

/** Memory while one process takes call after call. */
export async function measureRss(
  kinds: readonly SystemKind[],
  options: BenchOptions,
  say: Say,
): Promise<RssResult[]> {
  const results: RssResult[] = [];
  for (const kind of kinds) {
    say(`${kind.name}: ${MARKS.at(-1) ?? 0} calls at ${options.rate} calls/s`);
    const result = await withSystem(kind, (stage) => watch(stage, options.rate, say));
    results.push({ system: kind.name, ...result });
  }
  return results;
}

async function watch(stage: Stage, rate: number, say: Say): Promise<Omit<RssResult, 'system'>> {
  const memory = (): number =>
    stage.system.parts.map(({ pid }) => memoryMb(pid)).reduce((sum, mb) => sum + mb, 0);
  const startMb = memory();
  const total = MARKS.at(-1) ?? 0;
  const carrier = await callThrough(stage, rate, total);
  const at: { call: number; mb: number }[] = [];
  const deadline = performance.now() + (total / rate) * 1500 + 60_000;
  for (const call of MARKS) {
    // At the last mark SIPp ends, and its statistics may stop a little before it.
    while (carrier.child.alive && carrier.last().created < call) {
      if (performance.now() > deadline) throw new Error(`call ${call} was not reached in time`);
      await sleep(500);
    }
    at.push({ call, mb: memory() });
    say(`  call ${call}: ${Math.round(memory())} MB`);
  }
  await carrier.child.done(40_000);
  await carrier.child.stop();
  const { created, completed } = carrier.last();
  const [first, last] = [at.at(0)?.mb ?? 0, at.at(-1)?.mb ?? 0];
  return {
    rate,
    calls: created,
    failed: created - completed,
    startMb,
    at,
    growthPercent: (100 * (last - first)) / first,
  };
}
