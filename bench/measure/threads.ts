import { readdirSync, readFileSync } from 'node:fs';

/** User and system time of each thread of a process in µs, to the nanosecond as the scheduler counts. */
export function threadTimesUs(pid: number): ReadonlyMap<string, number> {
  const tasks = `/proc/${pid}/task`;
  return new Map(
    readdirSync(tasks).map((task) => {
      const [ns] = readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ');
      return [task, Number(ns) / 1_000];
    }),
  );
}

/** What each thread used between two looks, the busiest first; threads that came in between count whole. */
export function usedUs(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly { readonly thread: string; readonly us: number }[] {
  return [...after]
    .map(([thread, us]) => ({ thread, us: us - (before.get(thread) ?? 0) }))
    .sort((a, b) => b.us - a.us);
}

export const sumUs = (used: ReturnType<typeof usedUs>): number =>
  used.reduce((sum, { us }) => sum + us, 0);
