import { newRSeq } from '../message/identifiers.js';
import type { TimerValues, Timing } from '../transaction/timing.js';
import { AnswerRepeater } from '../transaction/answer-repeater.js';

interface Waiting {
  readonly rseq: number;
  readonly send: () => void;
}

export interface ReliableOptions {
  readonly timing: Timing;
  readonly timers: TimerValues;
  /** No PRACK within 64*T1: the INVITE is to be refused with a 5xx (RFC 3262 §3). */
  readonly gaveUp: () => void;
}

/** The reliable provisional responses to one INVITE, sent one after the other (RFC 3262 §3). */
export class ReliableProvisionals {
  readonly #options: ReliableOptions;
  readonly #queue: Waiting[] = [];
  #repeater: AnswerRepeater | undefined;
  #lastRSeq: number | undefined;
  readonly #afterwards: (() => void)[] = [];

  constructor(options: ReliableOptions) {
    this.#options = options;
  }

  /** RFC 3262 §3: each is one greater than the last. */
  nextRSeq(): number {
    this.#lastRSeq = this.#lastRSeq === undefined ? newRSeq() : this.#lastRSeq + 1;
    return this.#lastRSeq;
  }

  /** Sends, or waits until the one before has its PRACK. */
  send(rseq: number, send: () => void): void {
    this.#queue.push({ rseq, send });
    if (this.#queue.length === 1) this.#sendFirst();
  }

  /** Whether one has no PRACK yet; until then no 2xx may go out (RFC 3262 §3). */
  get unsettled(): boolean {
    return this.#queue.length > 0;
  }

  /** Runs when the last PRACK has been dealt with, or when none is waited for any more. */
  afterwards(run: () => void): void {
    this.#afterwards.push(run);
  }

  proceed(): void {
    if (!this.unsettled) for (const run of this.#afterwards.splice(0)) run();
  }

  /** False when the PRACK acknowledges nothing that is waiting, and earns a 481. */
  acknowledge(rseq: number): boolean {
    if (this.#queue[0]?.rseq !== rseq) return false;
    this.#repeater?.stop();
    this.#queue.shift();
    this.#sendFirst();
    return true;
  }

  /** A final response ends them all. */
  stop(): void {
    this.#repeater?.stop();
    this.#queue.length = 0;
    this.proceed();
  }

  #sendFirst(): void {
    const first = this.#queue[0];
    if (first === undefined) return;
    first.send();
    const { timing, timers, gaveUp } = this.#options;
    this.#repeater = new AnswerRepeater({
      timing,
      timers,
      repeat: first.send,
      gaveUp,
      ceiling: Infinity,
    });
  }
}
