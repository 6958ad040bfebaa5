import { decoded, type Law } from './g711.js';

/** Samples of one channel that are kept in memory: two seconds. */
export const trackSamples = 16_384;
/** What comes later than this is lost: it may be on disk already. */
export const latest = 1_600;
/** A packet cannot be ahead of its time: so much is taken for jitter of the one it is measured by. */
const mostAhead = 320;
/** Each second, the track is moved by so little that nobody hears it. */
const watch = 8_000;
const mostShift = 80;

/**
 * One channel of a recording. Each packet is put where its RTP timestamp says, counted from where
 * the stream began, and the stream is held to the clock by its earliest arrivals: so jitter leaves
 * no trace, loss is silence, and two clocks do not drift apart.
 */
export class RecordedTrack {
  readonly #ring: Int16Array;
  readonly #channel: number;
  #anchored = false;
  #timestamp = 0;
  #position = 0;
  #earliest = -Infinity;
  #watchedUntil = 0;

  /** @param ring both channels' samples by turns. */
  constructor(ring: Int16Array, channel: 0 | 1) {
    this.#ring = ring;
    this.#channel = channel;
  }

  /**
   * @param now where the recording is, in samples.
   * @param from first sample that can still be written.
   */
  place(
    law: Law,
    bytes: Uint8Array,
    start: number,
    end: number,
    timestamp: number,
    now: number,
    from: number,
  ): void {
    const count = end - start;
    const position = this.#positionOf(timestamp, now - count);
    if (position === undefined) return;
    const table = decoded[law];
    const first = Math.max(0, from - position);
    const ring = this.#ring;
    for (let index = first; index < count; index += 1) {
      const slot = (position + index) & (trackSamples - 1);
      ring[2 * slot + this.#channel] = table[bytes[start + index] ?? 0] ?? 0;
    }
  }

  /** What comes next belongs to another stream. */
  restart(): void {
    this.#anchored = false;
  }

  /** @param due where a packet that arrives now would be if there were no jitter. */
  #positionOf(timestamp: number, due: number): number | undefined {
    if (!this.#anchored) return this.#anchor(timestamp, due);
    const forward = (timestamp - this.#timestamp) | 0;
    const position = this.#position + forward;
    const ahead = position - due;
    if (ahead > mostAhead) return this.#anchor(timestamp, due);
    if (ahead < -latest) return forward < 0 ? undefined : this.#anchor(timestamp, due);
    if (forward > 0) {
      this.#timestamp = timestamp;
      this.#position = position;
    }
    this.#watch(ahead, due);
    return position;
  }

  #anchor(timestamp: number, due: number): number {
    this.#anchored = true;
    this.#timestamp = timestamp;
    this.#position = due;
    this.#earliest = -Infinity;
    this.#watchedUntil = due + watch;
    return due;
  }

  #watch(ahead: number, due: number): void {
    this.#earliest = Math.max(this.#earliest, ahead);
    if (due < this.#watchedUntil) return;
    const shift = Math.max(-mostShift, Math.min(mostShift, this.#earliest));
    // Less than that is not worth a seam.
    if (Math.abs(shift) === mostShift) this.#position -= shift;
    this.#earliest = -Infinity;
    this.#watchedUntil = due + watch;
  }
}
