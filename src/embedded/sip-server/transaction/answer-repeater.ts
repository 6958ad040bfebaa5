import type { Cancel, TimerValues, Timing } from './timing.js';

export interface RepeaterOptions {
  readonly timing: Timing;
  readonly timers: TimerValues;
  readonly repeat: () => void;
  /** 64*T1 have passed and the peer has not acknowledged. */
  readonly gaveUp: () => void;
  /** RFC 3262 §3 lets reliable provisionals double without the ceiling of T2. */
  readonly ceiling?: number;
}

/**
 * Repeats a response that only its ACK (RFC 3261 §13.3.1.4) or PRACK (RFC 3262 §3) ends, on any
 * transport, because a later hop may lose it: after T1, then doubling up to T2, for 64*T1.
 */
export class AnswerRepeater {
  readonly #options: RepeaterOptions;
  #cancelRepeat: Cancel;
  readonly #cancelEnd: Cancel;

  constructor(options: RepeaterOptions) {
    this.#options = options;
    const { timing, timers } = options;
    this.#cancelRepeat = this.#schedule(timers.t1);
    this.#cancelEnd = timing.after(64 * timers.t1, () => {
      this.#cancelRepeat();
      options.gaveUp();
    });
  }

  stop(): void {
    this.#cancelRepeat();
    this.#cancelEnd();
  }

  #schedule(pause: number): Cancel {
    const { timing, timers, repeat, ceiling = timers.t2 } = this.#options;
    return timing.after(pause, () => {
      this.#cancelRepeat = this.#schedule(Math.min(pause * 2, ceiling));
      repeat();
    });
  }
}
