import { sourceKey } from '../transport/source-key.js';

/** How fast a bucket fills and how much it holds. */
export interface Rate {
  readonly perSecond: number;
  /** What may come at once after a pause. */
  readonly burst: number;
}

/** A token bucket: what comes beyond its rate finds it empty. */
export class TokenBucket {
  #rate: Rate;
  #tokens: number;
  #filledAtMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAtMs = nowMs;
  }

  /** From now on it fills at another rate; what it has it keeps. */
  refill(rate: Rate, nowMs: number): void {
    this.#fill(nowMs);
    this.#rate = rate;
  }

  take(nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #fill(nowMs: number): void {
    // An infinite rate in no time at all would come to nothing.
    const gained = nowMs > this.#filledAtMs ? (nowMs - this.#filledAtMs) * this.#rate.perSecond : 0;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + gained / 1000);
    this.#filledAtMs = nowMs;
  }
}

/** One bucket for each source, of as many sources as there is room for: the longest silent one goes. */
export class SourceRates {
  readonly #rate: Rate;
  readonly #most: number;
  /** In the order of their last use. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rate: Rate, most: number) {
    this.#rate = rate;
    this.#most = most;
  }

  get size(): number {
    return this.#buckets.size;
  }

  take(address: string, nowMs: number): boolean {
    const key = sourceKey(address);
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#rate, nowMs);
    this.#buckets.delete(key);
    if (this.#buckets.size >= this.#most) this.#forgetOldest();
    this.#buckets.set(key, bucket);
    return bucket.take(nowMs);
  }

  #forgetOldest(): void {
    for (const key of this.#buckets.keys()) {
      this.#buckets.delete(key);
      return;
    }
  }
}
