import { performance } from 'node:perf_hooks';

export const beatMs = 20;

/** Beats that are made up for when the thread was late; what is missed beyond is left out. */
const mostLateBeats = 10;

export interface BeatListener {
  /** @param nowMs when the beat was due, by the monotonic clock. */
  beat(nowMs: number): void;
}

/** The one 20 ms beat of everything that goes by the clock; ticks while anybody listens. */
export class Metronome {
  readonly #listeners = new Set<BeatListener>();
  #timer: NodeJS.Timeout | undefined;
  #dueMs = 0;

  add(listener: BeatListener): void {
    this.#listeners.add(listener);
    if (this.#timer !== undefined) return;
    this.#dueMs = performance.now() + beatMs;
    this.#wait();
  }

  remove(listener: BeatListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.stop();
  }

  /** Ends all beats, for when the server closes. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    this.#timer = setTimeout(this.#tick, Math.max(0, this.#dueMs - performance.now()));
  }

  readonly #tick = (): void => {
    const nowMs = performance.now();
    if (nowMs - this.#dueMs > mostLateBeats * beatMs) this.#dueMs = nowMs;
    while (this.#dueMs <= nowMs && this.#listeners.size > 0) {
      for (const listener of this.#listeners) listener.beat(this.#dueMs);
      this.#dueMs += beatMs;
    }
    if (this.#listeners.size > 0) this.#wait();
  };
}
