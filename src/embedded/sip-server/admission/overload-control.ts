import { TokenBucket } from './source-rates.js';

export interface OverloadOptions {
  /** `off`: everything is let in, whatever it does to calls in progress. */
  readonly control: 'on' | 'off';
  /** How long a message may wait to be handled before new calls are held back, in ms. */
  readonly targetDelayMs: number;
  /** What refused callers are told, in seconds. */
  readonly retryAfterSeconds: number;
}

export const defaultOverload: OverloadOptions = {
  control: 'on',
  targetDelayMs: 100,
  retryAfterSeconds: 5,
};

/** How often the rate of new calls is set anew while there is traffic, in ms. */
export const tickMs = 50;

/**
 * Gains per tick, for a queue whose delay grows by (offered - capacity) / capacity: a natural
 * frequency of 3 rad/s, well below the time a call takes to show what it costs, damped at 0.7.
 */
const towardsTarget = 0.045;
const againstTrend = 0.42;
/** No tick changes the rate by more than this, as one long garbage collection is no storm. */
const steepestFall = 0.6;
const steepestRise = 1.1;
/** Calls a second that are always tried: else nothing would show that it goes well again. */
const leastRate = 20;
/** The same as a share of what came in when the storm began, so that the way back is short. */
const leastShare = 0.1;
/** Beyond this multiple of the target no more than the least rate is let in, and never nothing. */
const hopeless = 10;
/** This long without a refusal and with half the target's delay, and the storm counts as over. */
const calmMs = 1_000;
/**
 * A few late ticks are a garbage collection, a slow disk or a busy neighbour; this many in a row are a
 * queue, and half as many where the delay is twice what it may be.
 */
const lateTicks = 4;
/** Smooths the rate of calls let in, which is where the limit begins. */
const memory = 0.2;

/**
 * How many new calls may come in, by how long messages wait: a proportional-integral controller on
 * the rate, in the manner of RFC 8033 and of the rate-based control of RFC 7415. It works towards a
 * short standing queue, so that the machine stays busy and calls in progress are still served in
 * time. It begins when the delay passes the target and ends when nothing was refused for a while.
 */
export class OverloadControl {
  readonly #options: OverloadOptions;
  #limiting = false;
  #rate = Infinity;
  #floor = leastRate;
  readonly #bucket: TokenBucket;
  #lastDelayMs = 0;
  #lateTicks = 0;
  #admittedInTick = 0;
  #admittedPerSecond = 0;
  #tickedAtMs: number;
  #refusedAtMs = -Infinity;

  constructor(options: OverloadOptions, nowMs: number) {
    this.#options = options;
    this.#tickedAtMs = nowMs;
    this.#bucket = new TokenBucket({ perSecond: leastRate, burst: leastRate }, nowMs);
  }

  get limiting(): boolean {
    return this.#limiting;
  }

  /** Calls a second that are let in; infinite while nothing is limited. */
  get rate(): number {
    return this.#rate;
  }

  /** Whether a new call may come in now. */
  admits(nowMs: number): boolean {
    const admitted = !this.#limiting || this.#bucket.take(nowMs);
    if (admitted) this.#admittedInTick += 1;
    else this.#refusedAtMs = nowMs;
    return admitted;
  }

  /** Takes the delay as it is now; to be called every `tickMs` while there is traffic. */
  tick(nowMs: number, delayMs: number): void {
    if (this.#options.control === 'off') return;
    this.#countAdmitted(nowMs);
    const lateness = Math.min(2, Math.floor(delayMs / this.#options.targetDelayMs));
    this.#lateTicks = lateness > 0 ? this.#lateTicks + lateness : 0;
    if (this.#limiting) this.#adjust(nowMs, delayMs);
    else if (this.#lateTicks >= lateTicks) this.#begin(nowMs);
    this.#lastDelayMs = delayMs;
  }

  #countAdmitted(nowMs: number): void {
    const seconds = Math.max(nowMs - this.#tickedAtMs, 1) / 1000;
    const perSecond = this.#admittedInTick / seconds;
    this.#admittedPerSecond += memory * (perSecond - this.#admittedPerSecond);
    this.#admittedInTick = 0;
    this.#tickedAtMs = nowMs;
  }

  #begin(nowMs: number): void {
    this.#limiting = true;
    this.#refusedAtMs = nowMs;
    this.#floor = Math.max(leastRate, leastShare * this.#admittedPerSecond);
    this.#limitTo(Math.max(this.#floor, this.#admittedPerSecond), nowMs);
  }

  #adjust(nowMs: number, delayMs: number): void {
    const target = this.#options.targetDelayMs;
    if (delayMs >= hopeless * target) {
      this.#limitTo(leastRate, nowMs);
      return;
    }
    if (delayMs < target / 2 && nowMs - this.#refusedAtMs > calmMs) {
      this.#limiting = false;
      this.#rate = Infinity;
      return;
    }
    const room = between(-2, (target - delayMs) / target, 1);
    const trend = between(-1, (delayMs - this.#lastDelayMs) / target, 1);
    const factor = between(
      steepestFall,
      1 + towardsTarget * room - againstTrend * trend,
      steepestRise,
    );
    // A limit far above what comes in would be no limit when the next storm begins.
    const most = Math.max(this.#floor, 2 * this.#admittedPerSecond);
    this.#limitTo(between(this.#floor, this.#rate * factor, most), nowMs);
  }

  #limitTo(perSecond: number, nowMs: number): void {
    this.#rate = perSecond;
    const rate = { perSecond, burst: Math.max(2, (perSecond * tickMs) / 1000) };
    this.#bucket.refill(rate, nowMs);
  }
}

const between = (least: number, value: number, most: number): number =>
  Math.min(most, Math.max(least, value));
