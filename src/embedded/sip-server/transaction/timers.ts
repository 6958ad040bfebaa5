import type { TimerValues } from './timing.js';
import type { TimerName } from './machine.js';

/** How one timer behaves: RFC 3261 Table 4 and RFC 6026 §7 as data. */
interface TimerRule {
  /** The first duration in ms. */
  first(values: TimerValues): number;
  /** Retransmission timers double at each start, up to this many ms. */
  readonly doublesUpTo?: (values: TimerValues) => number;
  /** Over TCP nothing is retransmitted and nothing can arrive late. */
  readonly overReliable: 'same' | 'never' | 'at once';
}

const overallTime = (values: TimerValues): number => 64 * values.t1;

export const timerRules: Readonly<Record<TimerName, TimerRule>> = {
  A: { first: (v) => v.t1, doublesUpTo: () => Infinity, overReliable: 'never' },
  B: { first: overallTime, overReliable: 'same' },
  // "At least 32 s": longer than the other side's timer H.
  D: { first: overallTime, overReliable: 'at once' },
  E: { first: (v) => v.t1, doublesUpTo: (v) => v.t2, overReliable: 'never' },
  F: { first: overallTime, overReliable: 'same' },
  G: { first: (v) => v.t1, doublesUpTo: (v) => v.t2, overReliable: 'never' },
  H: { first: overallTime, overReliable: 'same' },
  I: { first: (v) => v.t4, overReliable: 'at once' },
  J: { first: overallTime, overReliable: 'at once' },
  K: { first: (v) => v.t4, overReliable: 'at once' },
  L: { first: overallTime, overReliable: 'same' },
  M: { first: overallTime, overReliable: 'same' },
};

/** Duration in ms of the nth start of a timer (from 0), or undefined if it never runs. */
export function timerDuration(
  name: TimerName,
  nth: number,
  values: TimerValues,
  reliable: boolean,
): number | undefined {
  const rule = timerRules[name];
  if (reliable && rule.overReliable === 'never') return undefined;
  if (reliable && rule.overReliable === 'at once') return 0;
  const first = rule.first(values);
  return rule.doublesUpTo ? Math.min(first * 2 ** nth, rule.doublesUpTo(values)) : first;
}
