import type { Verdict } from '../domain/calls/verdict.js';
import type { CallId } from '../domain/records/leg-record.js';
import { Roll } from '../domain/roll.js';
import type { TenantId } from '../domain/sessions/session.js';
import type { CallControl, CallControls } from './call-control.js';
import type { Admission, Place, Urgency } from './house.js';

/** A call's seat: how to abort it, or why it is to be aborted as soon as it says how. */
interface Seat {
  /** Where it stands among all. */
  at: number;
  abort: ((verdict: Verdict) => void) | undefined;
  aborted: Verdict | undefined;
  control: CallControl | undefined;
}

/**
 * The calls that are going on now: how many there may be, how they all end when they must, and how
 * one of them is given orders.
 */
export class LiveCalls implements Admission, CallControls {
  /** In no order: whoever leaves gives the last one his place. A Set would leave a trail; see Roll. */
  readonly #seats: Seat[] = [];
  readonly #controls = new Roll<CallId, CallControl>();
  #drained: Promise<void> | undefined;
  #emptied: (() => void) | undefined;

  constructor(private readonly max: number) {}

  get count(): number {
    return this.#seats.length;
  }

  get draining(): boolean {
    return this.#drained !== undefined;
  }

  enter(urgency: Urgency): Place | 'overloaded' | 'draining' {
    if (urgency === 'ordinary') {
      if (this.draining) return 'draining';
      if (this.#seats.length >= this.max) return 'overloaded';
    }
    const seat: Seat = {
      at: this.#seats.length,
      abort: undefined,
      aborted: undefined,
      control: undefined,
    };
    this.#seats.push(seat);
    return {
      leave: () => {
        this.#vacate(seat);
        if (seat.control !== undefined) this.#controls.delete(seat.control.id);
        if (this.#seats.length === 0) this.#emptied?.();
      },
      enlist: (control) => {
        seat.control = control;
        this.#controls.set(control.id, control);
      },
      onAbort: (abort) => {
        seat.abort = abort;
        if (seat.aborted !== undefined) abort(seat.aborted);
      },
    };
  }

  control(tenant: TenantId, callId: CallId): CallControl | undefined {
    const control = this.#controls.get(callId);
    return control?.tenant === tenant ? control : undefined;
  }

  /** Takes no further calls; resolves when the last one has ended. */
  drain(): Promise<void> {
    this.#drained ??= new Promise((resolve) => {
      if (this.#seats.length === 0) resolve();
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

  #vacate(seat: Seat): void {
    const last = this.#seats.at(-1);
    if (last === undefined || this.#seats[seat.at] !== seat) return;
    this.#seats[seat.at] = last;
    last.at = seat.at;
    this.#seats.pop();
  }
}
