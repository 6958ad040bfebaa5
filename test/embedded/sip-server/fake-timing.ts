import type { Cancel, Timing } from '../../../src/embedded/sip-server/transaction/timing.js';

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that moves only when a test says so; what is due runs in the order of its time. */
export class FakeTiming implements Timing {
  #now = 0;
  #order = 0;
  readonly #due = new Set<Due>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): Cancel {
    this.#order += 1;
    const due = { at: this.#now + milliseconds, order: this.#order, run };
    this.#due.add(due);
    return () => this.#due.delete(due);
  }

  get pending(): number {
    return this.#due.size;
  }

  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (;;) {
      const next = this.#next();
      if (next === undefined || next.at > until) break;
      this.#due.delete(next);
      this.#now = next.at;
      next.run();
    }
    this.#now = until;
  }

  #next(): Due | undefined {
    let next: Due | undefined;
    for (const due of this.#due) {
      const sooner = next === undefined || due.at < next.at;
      if (sooner || (due.at === next?.at && due.order < next.order)) next = due;
    }
    return next;
  }
}
