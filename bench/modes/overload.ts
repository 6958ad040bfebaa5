import { setTimeout as sleep } from 'node:timers/promises';
import { callThrough, runLoad, warmUp, type LoadResult } from '../measure/load.js';
import { steadyRate } from '../measure/sipp.js';
import { withSystem, type Stage } from '../measure/stage.js';
import type { BenchOptions } from '../options.js';
import type { Say } from '../report/say.js';
import type { SystemKind, SystemName } from '../systems/system.js';

export interface OverloadResult {
  readonly system: SystemName;
  readonly sustained: number;
  /** What SIPp brought out, calls/s: at high rates less than three times the sustained rate. */
  readonly offeredPerSecond: number;
  readonly offered: number;
  readonly succeeded: number;
  /** Succeeded calls/s while the storm went on, and as a share of the sustained rate. */
  readonly succeededPerSecond: number;
  readonly shareOfSustained: number;
  /** Answered 503. */
  readonly refused: number;
  /** Neither: no answer in time, another refusal, or still under way at the end. */
  readonly neither: number;
  /** Calls that stood before the storm and ended after it, and how many of them went as they should. */
  readonly standing: { readonly calls: number; readonly unharmed: number };
  /** A normal load, starting 5 s after the storm. */
  readonly after: LoadResult & { readonly rate: number };
}

const STORM = 3;
const STANDING_CALLS = 100;
const CALM_SECONDS = 5;
const AFTER = { rate: 200, seconds: 10 };

/** A storm over each system whose sustained rate is known. */
export async function measureOverload(
  kinds: readonly SystemKind[],
  sustained: ReadonlyMap<SystemName, number>,
  options: BenchOptions,
  say: Say,
): Promise<OverloadResult[]> {
  const results: OverloadResult[] = [];
  for (const kind of kinds) {
    const rate = sustained.get(kind.name) ?? 0;
    if (rate === 0) continue;
    say(`${kind.name}: ${STORM} × ${rate} calls/s for ${options.seconds} s`);
    const result = await withSystem(kind, (stage) => storm(stage, rate, options.seconds));
    results.push({ system: kind.name, ...result });
  }
  return results;
}

async function storm(
  stage: Stage,
  sustained: number,
  seconds: number,
): Promise<Omit<OverloadResult, 'system'>> {
  await warmUp(stage);
  const holdMs = (seconds + CALM_SECONDS + AFTER.seconds + 5) * 1000;
  const standing = await callThrough(stage, STANDING_CALLS, STANDING_CALLS, holdMs);
  await sleep(3000);
  const rate = STORM * sustained;
  const carrier = await callThrough(stage, rate, rate * seconds);
  await sleep(seconds * 1000);
  // SIPp starts no further calls after this and sees those that it has to their end.
  carrier.child.signal('SIGUSR1');
  await sleep(CALM_SECONDS * 1000);
  const afterRate = Math.min(AFTER.rate, sustained);
  const after = await runLoad(stage, {
    rate: afterRate,
    seconds: AFTER.seconds,
    cleanupSeconds: 0,
  });
  await standing.child.done(holdMs);
  await carrier.child.done(40_000);
  await Promise.all([standing.child.stop(), carrier.child.stop()]);
  const total = carrier.last();
  const succeededPerSecond = steadyRate(carrier.samples().slice(0, seconds), 'completed');
  return {
    sustained,
    offeredPerSecond: steadyRate(carrier.samples(), 'created'),
    offered: total.created,
    succeeded: total.completed,
    succeededPerSecond,
    shareOfSustained: succeededPerSecond / sustained,
    refused: total.refused,
    neither: total.created - total.completed - total.refused,
    standing: { calls: STANDING_CALLS, unharmed: standing.last().completed },
    after: { rate: afterRate, ...after },
  };
}
