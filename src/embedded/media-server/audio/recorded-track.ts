import { decoded, type Law } from './g711.js';
import { StreamTimeline } from './stream-timeline.js';

/** Samples of one channel that are kept in memory: four seconds. */
export const trackSamples = 32_768;

/** One channel of a recording, in a ring: each packet in its place, and silence where none is. */
export class RecordedTrack {
  readonly #ring: Int16Array;
  readonly #channel: number;
  readonly #timeline = new StreamTimeline((from, to, by) => this.#move(from, to, by));

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
    const position = this.#timeline.positionOf(timestamp, count, now, from);
    const table = decoded[law];
    const first = Math.max(0, from - position);
    const ring = this.#ring;
    for (let index = first; index < count; index += 1) {
      const slot = (position + index) & (trackSamples - 1);
      ring[2 * slot + this.#channel] = table[bytes[start + index] ?? 0] ?? 0;
    }
  }

  #move(from: number, to: number, by: number): void {
    const stretch = Int16Array.from({ length: to - from }, (_, index) => {
      const slot = this.#slot(from + index);
      const sample = this.#ring[slot] ?? 0;
      this.#ring[slot] = 0;
      return sample;
    });
    stretch.forEach((sample, index) => (this.#ring[this.#slot(from + by + index)] = sample));
  }

  #slot(position: number): number {
    return 2 * (position & (trackSamples - 1)) + this.#channel;
  }
}
