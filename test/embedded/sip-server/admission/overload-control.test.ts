import { describe, expect, it } from 'vitest';
import { AppQueue } from '../../../../src/embedded/sip-server/admission/app-queue.js';
import {
  defaultOverload,
  OverloadControl,
  tickMs,
} from '../../../../src/embedded/sip-server/admission/overload-control.js';

/** Work that one call makes: a share at its INVITE, the rest when its later messages come. */
interface Machine {
  /** Calls a second that keep it busy all the time. */
  readonly capacity: number;
  /** What refusing costs, as a share of a call. */
  readonly refusal: number;
}

interface Second {
  succeeded: number;
  refused: number;
  /** Calls whose first or last message waited so long that their caller repeats or gives up. */
  late: number;
  worstDelayMs: number;
}

const patienceMs = 500;
const laterMessagesAfterMs = [20, 60, 120];

/** One queue, served in order, in steps of a millisecond: what SIP looks like to a busy thread. */
function simulate(
  control: OverloadControl,
  machine: Machine,
  offered: (second: number) => number,
  seconds: number,
): Second[] {
  const results: Second[] = [];
  const costMs = 1000 / machine.capacity;
  const share = costMs / (1 + laterMessagesAfterMs.length);
  const known = new AppQueue();
  const queue: { atMs: number; costMs: number; last?: boolean }[] = [];
  const due = new Map<number, number>();
  let credit = 0;
  let arrivals = 0;
  for (let now = 0; now < seconds * 1000; now += 1) {
    const second = Math.floor(now / 1000);
    const result = (results[second] ??= { succeeded: 0, refused: 0, late: 0, worstDelayMs: 0 });
    arrivals += offered(second) / 1000;
    for (; arrivals >= 1; arrivals -= 1) {
      if (control.admits(now)) {
        queue.push({ atMs: now, costMs: share });
        known.delivered(now);
        for (const after of laterMessagesAfterMs) {
          due.set(now + after, (due.get(now + after) ?? 0) + 1);
        }
      } else {
        result.refused += 1;
        credit -= costMs * machine.refusal;
      }
    }
    for (let i = due.get(now) ?? 0; i > 0; i -= 1) {
      queue.push({ atMs: now, costMs: share, last: true });
      known.delivered(now);
    }
    due.delete(now);
    credit = Math.min(2, credit + 1);
    while (queue[0] !== undefined && credit >= queue[0].costMs) {
      const { atMs, costMs: spent, last } = queue.shift()!;
      credit -= spent;
      known.handledUpTo(atMs);
      const waited = now - atMs;
      result.worstDelayMs = Math.max(result.worstDelayMs, waited);
      if (waited > patienceMs) result.late += 1;
      else if (last === true) result.succeeded += 1 / laterMessagesAfterMs.length;
    }
    if (now % tickMs === 0) control.tick(now, known.delayMs(now));
  }
  return results;
}

const mean = (seconds: readonly Second[], what: keyof Second): number =>
  seconds.reduce((sum, second) => sum + second[what], 0) / seconds.length;

const machine: Machine = { capacity: 400, refusal: 0.05 };
const calmThenStorm = (factor: number) => (second: number) =>
  second >= 3 && second < 18 ? factor * machine.capacity : 0.5 * machine.capacity;

describe('overload control', () => {
  it('leaves a machine alone that keeps up', () => {
    const control = new OverloadControl(defaultOverload, 0);
    const seconds = simulate(control, machine, () => 0.95 * machine.capacity, 20);
    expect(mean(seconds, 'refused')).toBe(0);
    expect(control.limiting).toBe(false);
  });

  it.each([1.5, 3, 5])('at %f times the capacity serves most of what it could', (factor) => {
    const control = new OverloadControl(defaultOverload, 0);
    const storm = simulate(control, machine, calmThenStorm(factor), 18).slice(5);
    const left = machine.capacity * (1 - machine.refusal * (factor - 0.8));
    expect(mean(storm, 'succeeded')).toBeGreaterThan(0.9 * left);
    expect(mean(storm, 'late')).toBe(0);
  });

  it('is back to normal within five seconds after the storm', () => {
    const control = new OverloadControl(defaultOverload, 0);
    const seconds = simulate(control, machine, calmThenStorm(3), 30);
    expect(mean(seconds.slice(23), 'refused')).toBe(0);
    expect(control.limiting).toBe(false);
    expect(control.rate).toBe(Infinity);
  });

  it('without it the same storm leaves next to nothing', () => {
    const control = new OverloadControl({ ...defaultOverload, control: 'off' }, 0);
    const storm = simulate(control, machine, calmThenStorm(3), 18).slice(5);
    expect(mean(storm, 'succeeded')).toBeLessThan(0.1 * machine.capacity);
  });

  it('recovers when the machine was away for a while', () => {
    const control = new OverloadControl(defaultOverload, 0);
    for (let now = 0; now < 2_000; now += tickMs) {
      for (let i = 0; i < 10; i += 1) control.admits(now);
      control.tick(now, 3_000);
    }
    expect(control.admits(2_000)).toBe(false);
    const seconds = simulate(control, machine, () => 0.5 * machine.capacity, 6);
    expect(mean(seconds.slice(4), 'refused')).toBe(0);
  });
});
