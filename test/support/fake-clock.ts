import {
  instant,
  later,
  type Clock,
  type Instant,
  type Millis,
  type Timer,
} from '../../src/domain/time.js';

interface Waiting {
  due: Instant;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until the test moves it. */
export class FakeClock implements Clock {
  #now: Instant;
  #order = 0;
  readonly #waiting = new Set<Waiting>();

  /** Starts at 2026-12-01T09:00:00Z unless told. */
  constructor(start: number = Date.UTC(2026, 11, 1, 9)) {
    this.#now = instant(start);
  }

  now(): Instant {
    return this.#now;
  }

  after(delay: Millis, run: () => void): Timer {
    const entry = { due: later(this.#now, delay), order: this.#order++, run };
    this.#waiting.add(entry);
    return { cancel: () => this.#waiting.delete(entry) };
  }

  /** Timers that have neither run nor been cancelled. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** Somebody sets the machine's clock by so much; timers do not notice. */
  set(by: Millis): void {
    this.#now = later(this.#now, by);
    for (const entry of this.#waiting) entry.due = later(entry.due, by);
  }

  /** Moves on, running each due timer at its own instant, in order; also those armed meanwhile. */
  advance(by: Millis): void {
    const target = later(this.#now, by);
    for (let next = this.#nextDue(target); next; next = this.#nextDue(target)) {
      this.#waiting.delete(next);
      if (next.due > this.#now) this.#now = next.due;
      next.run();
    }
    this.#now = target;
  }

  /** Like `advance`, letting promises settle between timers. */
  async advanceAsync(by: Millis): Promise<void> {
    const target = later(this.#now, by);
    await settle();
    for (let next = this.#nextDue(target); next; next = this.#nextDue(target)) {
      this.#waiting.delete(next);
      if (next.due > this.#now) this.#now = next.due;
      next.run();
      await settle();
    }
    this.#now = target;
    await settle();
  }

  #nextDue(until: Instant): Waiting | undefined {
    let first: Waiting | undefined;
    for (const entry of this.#waiting) {
      if (entry.due > until) continue;
      if (
        !first ||
        entry.due < first.due ||
        (entry.due === first.due && entry.order < first.order)
      ) {
        first = entry;
      }
    }
    return first;
  }
}

/** One turn of the event loop: every promise that can settle without I/O has done so. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
