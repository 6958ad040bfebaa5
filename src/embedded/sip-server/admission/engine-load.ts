import { performance, type EventLoopUtilization } from 'node:perf_hooks';

/** Less than this share of idle time, and the sockets have not been drained for that long. */
const idleShare = 0.02;
/** A loop that is busy for less than this has merely something to do, in ms. */
const grace = 100;

/**
 * How long a datagram waits for this thread. The kernel's queue cannot be asked, but it is empty
 * whenever the event loop finds nothing to do: the time since then bounds what is waiting in it.
 */
export class EngineLoad {
  #last: EventLoopUtilization = performance.eventLoopUtilization();
  #sampledAtMs: number;
  #idleAtMs: number;

  constructor(nowMs: number) {
    this.#sampledAtMs = nowMs;
    this.#idleAtMs = nowMs;
  }

  /** Called `expectedMs` after the last time, or later when the loop lags; returns the delay in ms. */
  sample(nowMs: number, expectedMs: number): number {
    const took = nowMs - this.#sampledAtMs;
    const usage = performance.eventLoopUtilization();
    if (usage.idle - this.#last.idle >= idleShare * took) this.#idleAtMs = nowMs;
    this.#last = usage;
    this.#sampledAtMs = nowMs;
    const lag = Math.max(0, took - expectedMs);
    return Math.max(lag, nowMs - this.#idleAtMs - grace);
  }

  /** Begins anew after a pause in sampling. */
  restart(nowMs: number): void {
    this.#last = performance.eventLoopUtilization();
    this.#sampledAtMs = nowMs;
    this.#idleAtMs = nowMs;
  }
}
