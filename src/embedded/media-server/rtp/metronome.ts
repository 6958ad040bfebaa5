import { performance } from 'node:perf_hooks';

export const beatMs = 20;

/** Beats that are made up for when the thread was late; what is missed beyond is left out. */
const mostLateBeats = 10;

export interface BeatListener {
  /** @param nowMs when the beat was due, by the monotonic clock. */
  beat(nowMs: number): void;
}

/** The time of a thread; monotonic, in milliseconds. */
export interface Clock {
  now(): number;
  /** @returns what keeps it from being called. */
  after(ms: number, call: () => void): () => void;
}

const ofThisMachine: Clock = {
  now: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** The one 20 ms beat of everything that goes by the clock; ticks while anybody listens. */
export class Metronome {
  readonly #listeners = new Set<BeatListener>();
  readonly #clock: Clock;
  #cancel: (() => void) | undefined;
  #dueMs = 0;

  constructor(clock = ofThisMachine) {
    this.#clock = clock;
  }

  /** The moment, by the clock that beats. */
  now(): number {
    return this.#clock.now();
  }

  add(listener: BeatListener): void {
    this.#listeners.add(listener);
    if (this.#cancel !== undefined) return;
    this.#dueMs = this.now() + beatMs;
    this.#wait();
  }

  remove(listener: BeatListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.stop();
  }

  /** Ends all beats, for when the server closes. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    this.#cancel = this.#clock.after(Math.max(0, this.#dueMs - this.now()), this.#tick);
  }

  readonly #tick = (): void => {
    const nowMs = this.now();
    if (nowMs - this.#dueMs > mostLateBeats * beatMs) this.#dueMs = nowMs;
    while (this.#dueMs <= nowMs && this.#listeners.size > 0) {
      for (const listener of this.#listeners) listener.beat(this.#dueMs);
      this.#dueMs += beatMs;
    }
    if (this.#listeners.size > 0) this.#wait();
  };
}
