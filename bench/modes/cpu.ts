import { CLEANUP_SECONDS, runLoad, warmUp, type LoadResult } from '../measure/load.js';
import { withSystem } from '../measure/stage.js';
import type { BenchOptions } from '../options.js';
import type { Say } from '../report/say.js';
import type { SystemKind, SystemName } from '../systems/system.js';

export interface CpuResult extends LoadResult {
  readonly system: SystemName;
}

/** The systems take turns, so that whatever else the machine does hits them alike. */
export async function measureCpu(
  kinds: readonly SystemKind[],
  options: BenchOptions,
  say: Say,
): Promise<CpuResult[]> {
  const results = new Map<SystemName, LoadResult[]>();
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const kind of kinds) {
      say(`${kind.name}: ${options.rate} calls/s for ${options.seconds} s, round ${round}`);
      const result = await withSystem(kind, async (stage) => {
        await warmUp(stage, options.warmupSeconds);
        return runLoad(stage, {
          rate: options.rate,
          seconds: options.seconds,
          cleanupSeconds: options.cleanup ? CLEANUP_SECONDS : 0,
        });
      });
      results.set(kind.name, [...(results.get(kind.name) ?? []), result]);
    }
  }
  return [...results].map(([system, rounds]) => ({ system, ...median(rounds) }));
}

/** The run in the middle by CPU per call, whole: its figures belong together. */
function median(rounds: readonly LoadResult[]): LoadResult {
  const sorted = [...rounds].sort((a, b) => a.cpuMsPerCall - b.cpuMsPerCall);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('no round was run');
  return middle;
}
