import { timestampDistance } from './rtp-packet.js';

/** A second; a power of two, so that timestamps wrap around where the ring does. */
const ringSamples = 8_192;
const frame = 160;
const leastDepth = 2 * frame;
const mostDepth = 6 * frame;
/** Beats without a late packet before the depth comes down again: 10 s. */
const calmBeats = 500;
/** Nothing heard for so many beats: the next packet begins anew. */
const pauseBeats = 10;

/**
 * Puts a party's packets in order and plays them at our clock's pace, 8 kHz. Begins 40 ms deep, is
 * deepened by 20 ms when a packet comes too late, up to 120 ms, and comes down when all is calm.
 */
export class JitterBuffer {
  readonly #ring = new Int16Array(ringSamples);
  readonly #out = new Int16Array(frame);
  /** Timestamp of the next sample to be played; undefined: nothing to play. */
  #playAt: number | undefined;
  #newest = 0;
  #depth = leastDepth;
  #calm = 0;
  #empty = 0;

  /** How much is held back, in samples. */
  get depth(): number {
    return this.#depth;
  }

  put(samples: Int16Array, count: number, timestamp: number): void {
    const playAt = this.#startAt(timestamp);
    const ahead = timestampDistance(playAt, timestamp);
    if (ahead < 0) this.#late();
    for (let index = Math.max(0, -ahead); index < count; index += 1) {
      this.#ring[(timestamp + index) & (ringSamples - 1)] = samples[index] ?? 0;
    }
    const end = (timestamp + count) >>> 0;
    if (timestampDistance(this.#newest, end) > 0) this.#newest = end;
  }

  /** The next 160 samples, silence where nothing came; valid until the next call. */
  next(): Int16Array {
    const out = this.#out;
    if (this.#playAt === undefined) return out.fill(0);
    const held = timestampDistance(this.#playAt, this.#newest);
    this.#settle(held);
    const from = this.#playAt;
    for (let index = 0; index < frame; index += 1) {
      const at = (from + index) & (ringSamples - 1);
      out[index] = this.#ring[at] ?? 0;
      this.#ring[at] = 0;
    }
    this.#playAt = (from + frame) >>> 0;
    if (held <= 0) this.#pause();
    else this.#empty = 0;
    return out;
  }

  clear(): void {
    this.#playAt = undefined;
    this.#ring.fill(0);
  }

  #startAt(timestamp: number): number {
    const ahead = this.#playAt === undefined ? 0 : timestampDistance(this.#playAt, timestamp);
    const outside = ahead > ringSamples / 2 || ahead < -ringSamples / 2;
    if (this.#playAt !== undefined && !outside) return this.#playAt;
    this.clear();
    this.#newest = timestamp;
    this.#playAt = (timestamp - this.#depth) >>> 0;
    return this.#playAt;
  }

  #late(): void {
    this.#calm = 0;
    if (this.#depth >= mostDepth) return;
    this.#depth += frame;
    if (this.#playAt !== undefined) this.#playAt = (this.#playAt - frame) >>> 0;
  }

  /** Their clock is faster than ours, or the network calmed down: a frame is left out. */
  #settle(held: number): void {
    this.#calm += 1;
    if (this.#calm >= calmBeats && this.#depth > leastDepth) {
      this.#calm = 0;
      this.#depth -= frame;
    }
    if (held > this.#depth + 2 * frame && this.#playAt !== undefined) this.#drop(this.#playAt);
  }

  #drop(from: number): void {
    for (let index = 0; index < frame; index += 1)
      this.#ring[(from + index) & (ringSamples - 1)] = 0;
    this.#playAt = (from + frame) >>> 0;
  }

  #pause(): void {
    this.#empty += 1;
    if (this.#empty < pauseBeats) return;
    this.#empty = 0;
    this.clear();
  }
}
