import {
  next,
  type CallEffect,
  type CallEvent,
  type CallState,
  type CallTimer,
} from '../../domain/calls/call-state.js';
import type { Verdict } from '../../domain/calls/verdict.js';
import type { Clock, Millis, Timer } from '../../domain/time.js';
import type { Log } from '../ports/telemetry.js';

/** What can be carried out on the legs; timers and the end are the driver's own business. */
export type LegEffect = Exclude<CallEffect, { do: 'arm' | 'disarm' | 'settle' }>;

/** Whether the call came in, or is one of ours that begins with calling its first party. */
export type CallOrigin = 'arrived' | 'originated';

export interface DriverDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** How long each timer runs; asked when it is armed. */
  timerLength(timer: CallTimer): Millis;
  carryOut(effect: LegEffect): void;
  readonly origin: CallOrigin;
}

/**
 * Runs one call through its state machine: events in, effects out, one after the other even when
 * carrying out an effect causes the next event at once.
 */
export class CallDriver {
  /** The call's one verdict; resolves exactly once, whatever happened. */
  readonly settled: Promise<Verdict>;
  #state: CallState;
  #settle: (verdict: Verdict) => void = () => undefined;
  readonly #waiting: CallEvent[] = [];
  #busy = false;
  readonly #timers = new Map<CallTimer, Timer>();
  readonly #deps: DriverDeps;

  constructor(deps: DriverDeps) {
    this.#deps = deps;
    this.#state =
      deps.origin === 'originated' ? { at: 'originating' } : { at: 'routing', caller: 'waiting' };
    this.settled = new Promise((resolve) => (this.#settle = resolve));
  }

  get state(): CallState {
    return this.#state;
  }

  feed(event: CallEvent): void {
    this.#waiting.push(event);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let event = this.#waiting.shift(); event; event = this.#waiting.shift()) {
        this.#take(event);
      }
    } finally {
      this.#busy = false;
    }
  }

  #take(event: CallEvent): void {
    const step = next(this.#state, event);
    if (step.state === this.#state && step.effects.length === 0) {
      this.#deps.log.debug('Event came too late', { event: event.is, state: this.#state.at });
    }
    this.#state = step.state;
    for (const effect of step.effects) this.#attemptTo(effect);
  }

  /** An effect that fails must not keep the others from happening, the end above all. */
  #attemptTo(effect: CallEffect): void {
    try {
      this.#carryOut(effect);
    } catch (error) {
      this.#deps.log.error('Call effect failed', {
        effect: effect.do,
        err: error instanceof Error ? error : undefined,
      });
    }
  }

  #carryOut(effect: CallEffect): void {
    switch (effect.do) {
      case 'arm':
        this.#arm(effect.timer);
        break;
      case 'disarm':
        this.#timers.get(effect.timer)?.cancel();
        break;
      case 'settle':
        for (const timer of this.#timers.values()) timer.cancel();
        this.#settle(effect.verdict);
        break;
      default:
        this.#deps.carryOut(effect);
    }
  }

  #arm(timer: CallTimer): void {
    this.#timers.get(timer)?.cancel();
    const length = this.#deps.timerLength(timer);
    this.#timers.set(
      timer,
      this.#deps.clock.after(length, () => this.feed({ is: 'rang-out', timer })),
    );
  }
}
