import { performance } from 'node:perf_hooks';

/** Below so many packets in a slice of time, waking for each is cheap enough. */
const fewPackets = 2;

/**
 * Lets packets gather before the thread looks at them, as network cards do with interrupts: waking
 * up costs several times what receiving and sending a packet does. After a turn of the event loop
 * that took packets in, the thread sleeps to the end of the present slice of a few milliseconds;
 * what comes meanwhile is taken in at one go. With nothing to do it never sleeps, nor when it is behind:
 * when the turn took longer than a slice.
 */
export class PacketGathering {
  readonly #sliceMs: number;
  readonly #cell = new Int32Array(new SharedArrayBuffer(4));
  #arrived = 0;
  #turnMs = 0;

  /** @param sliceMs the most that a packet is held up; 0: no packet waits. */
  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  arrived(): void {
    if (this.#sliceMs === 0) return;
    this.#arrived += 1;
    if (this.#arrived > 1) return;
    this.#turnMs = performance.now();
    setImmediate(this.#sleep);
  }

  readonly #sleep = (): void => {
    const enough = this.#arrived >= fewPackets;
    this.#arrived = 0;
    const nowMs = performance.now();
    if (!enough || nowMs - this.#turnMs > this.#sliceMs) return;
    Atomics.wait(this.#cell, 0, 0, this.#sliceMs - (nowMs % this.#sliceMs));
  };
}
