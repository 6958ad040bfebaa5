import type { Fault } from './faults.js';
import type { BlockedSource, DropReason, RefusalReason } from './tally.js';

/** How the engine is and what it kept out: all that it tells about itself while it runs. */
export interface Vitals {
  /** Messages and streams let go without an answer, since the start. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** New requests answered 503 without asking an application, since the start. */
  readonly refused: Readonly<Record<RefusalReason, number>>;
  /** Sources turned away since the last report: some of them, if there were many. */
  readonly blocked: readonly BlockedSource[];
  /** What went wrong and was not told yet. */
  readonly faults: readonly Fault[];
  readonly overloaded: boolean;
  /** New requests a second that are let in; infinite while nothing is limited. */
  readonly admittedPerSecond: number;
  /** The longest that a message had to wait since the last report, in ms. */
  readonly delayMs: number;
  /** Frames that the application has not come to yet. */
  readonly queued: number;
  readonly unanswered: number;
  readonly transactions: number;
  readonly dialogs: number;
  readonly connections: number;
}

/** How often the engine tells, if anything has changed, in ms. */
const everyMs = 1_000;

/**
 * Sends reports over a channel that cannot fill up: the next one waits until the last has been noted.
 * Counts are since the start, so that a report which is never sent is not missed.
 */
export class VitalsReporter {
  readonly #take: () => Vitals;
  readonly #tell: (vitals: Vitals) => void;
  #timer: NodeJS.Timeout | undefined;
  #noted = true;
  #last = '';

  constructor(take: () => Vitals, tell: (vitals: Vitals) => void) {
    this.#take = take;
    this.#tell = tell;
  }

  start(): void {
    this.#timer = setInterval(() => this.#report(), everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  noted(): void {
    this.#noted = true;
  }

  #report(): void {
    if (!this.#noted) return;
    const vitals = this.#take();
    const now = JSON.stringify(vitals);
    if (now === this.#last) return;
    this.#last = now;
    this.#noted = false;
    this.#tell(vitals);
  }
}
