import type { Verdict } from '../domain/calls/verdict.js';
import type { Admission, Place, Urgency } from './house.js';

/** A call's seat: how to abort it, or why it is to be aborted as soon as it says how. */
interface Seat {
  abort: ((verdict: Verdict) => void) | undefined;
  aborted: Verdict | undefined;
}

/** The calls that are going on now: how many there may be, and how they all end when they must. */
export class LiveCalls implements Admission {
  readonly #seats = new Set<Seat>();
  #drained: Promise<void> | undefined;
  #emptied: (() => void) | undefined;

  constructor(private readonly max: number) {}

  get count(): number {
    return this.#seats.size;
  }

  get draining(): boolean {
    return this.#drained !== undefined;
  }

  enter(urgency: Urgency): Place | 'overloaded' | 'draining' {
    if (urgency === 'ordinary') {
      if (this.draining) return 'draining';
      if (this.#seats.size >= this.max) return 'overloaded';
    }
    const seat: Seat = { abort: undefined, aborted: undefined };
    this.#seats.add(seat);
    return {
      leave: () => {
        this.#seats.delete(seat);
        if (this.#seats.size === 0) this.#emptied?.();
      },
      onAbort: (abort) => {
        seat.abort = abort;
        if (seat.aborted !== undefined) abort(seat.aborted);
      },
    };
  }

  /** Takes no further calls; resolves when the last one has ended. */
  drain(): Promise<void> {
    this.#drained ??= new Promise((resolve) => {
      if (this.#seats.size === 0) resolve();
      else this.#emptied = resolve;
    });
    return this.#drained;
  }

  abortAll(verdict: Verdict): void {
    for (const seat of [...this.#seats]) {
      seat.aborted ??= verdict;
      seat.abort?.(verdict);
    }
  }
}
