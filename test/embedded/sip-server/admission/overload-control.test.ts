import { describe, expect, it } from 'vitest';
import {
  defaultOverload,
  OverloadControl,
  tickMs,
} from '../../../../src/embedded/sip-server/admission/overload-control.js';
import { Backlog } from '../../../../src/embedded/sip-server/wire/backlog.js';

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
class BusyThread {
  readonly #control: OverloadControl;
  readonly #costMs: number;
  readonly #refusalMs: number;
  readonly #taken = new Int32Array(new SharedArrayBuffer(4));
  readonly #known = new Backlog(this.#taken);
  readonly #queue: { atMs: number; later: boolean }[] = [];
  /** How many later messages come in a millisecond. */
  readonly #due = new Map<number, number>();
  #credit = 0;

  constructor(control: OverloadControl, machine: Machine) {
    this.#control = control;
    const callMs = 1000 / machine.capacity;
    this.#costMs = callMs / (1 + laterMessagesAfterMs.length);
    this.#refusalMs = callMs * machine.refusal;
  }

  /** A new call comes. */
  call(now: number, result: Second): void {
    if (!this.#control.admits(now)) {
      result.refused += 1;
      this.#credit -= this.#refusalMs;
      return;
    }
    this.#enqueue(now, false);
    for (const after of laterMessagesAfterMs) {
      this.#due.set(now + after, (this.#due.get(now + after) ?? 0) + 1);
    }
  }

  /** A millisecond passes. */
  work(now: number, result: Second): void {
    for (let left = this.#due.get(now) ?? 0; left > 0; left -= 1) this.#enqueue(now, true);
    this.#due.delete(now);
    this.#credit = Math.min(2, this.#credit + 1);
    while (this.#queue[0] !== undefined && this.#credit >= this.#costMs) this.#serve(now, result);
    if (now % tickMs === 0) this.#control.tick(now, this.#known.delayMs(now));
  }

  #enqueue(atMs: number, later: boolean): void {
    this.#queue.push({ atMs, later });
    this.#known.say('x');
    this.#known.left(1, atMs);
  }

  #serve(now: number, result: Second): void {
    const { atMs, later } = this.#queue.shift()!;
    this.#credit -= this.#costMs;
    Atomics.add(this.#taken, 0, 1);
    result.worstDelayMs = Math.max(result.worstDelayMs, now - atMs);
    if (now - atMs > patienceMs) result.late += 1;
    else if (later) result.succeeded += 1 / laterMessagesAfterMs.length;
  }
}

function simulate(
  control: OverloadControl,
  machine: Machine,
  offered: (second: number) => number,
  seconds: number,
): Second[] {
  const thread = new BusyThread(control, machine);
  const results: Second[] = [];
  let arrivals = 0;
  for (let now = 0; now < seconds * 1000; now += 1) {
    const second = Math.floor(now / 1000);
    const result = (results[second] ??= { succeeded: 0, refused: 0, late: 0, worstDelayMs: 0 });
    for (arrivals += offered(second) / 1000; arrivals >= 1; arrivals -= 1) thread.call(now, result);
    thread.work(now, result);
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

  it('tries a few calls a second even where a delay stands as if it would never end', () => {
    const control = new OverloadControl(defaultOverload, 0);
    const admitted = [0, 0, 0, 0];
    for (let now = 0; now < 4_000; now += 5) {
      if (now % tickMs === 0) control.tick(now, 60_000);
      if (control.admits(now)) admitted[Math.floor(now / 1000)]! += 1;
    }
    const later = admitted.slice(1);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(19);
    expect(Math.max(...later)).toBeLessThanOrEqual(21);
  });

  it('recovers when the machine was away for a while', () => {
    const control = new OverloadControl(defaultOverload, 0);
    for (let now = 0; now < 2_000; now += tickMs) {
      for (let i = 0; i < 10; i += 1) control.admits(now);
      control.tick(now, 3_000);
    }
    const atOnce = Array.from({ length: 30 }, () => control.admits(2_000));
    expect(atOnce.filter(Boolean).length).toBeLessThan(3);
    const seconds = simulate(control, machine, () => 0.5 * machine.capacity, 6);
    expect(mean(seconds.slice(4), 'refused')).toBe(0);
  });
});
