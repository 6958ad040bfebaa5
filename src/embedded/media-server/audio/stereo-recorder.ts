import { performance } from 'node:perf_hooks';
import type { Law } from './g711.js';
import { RecordedTrack, trackSamples } from './recorded-track.js';
import { RecordingFile } from './recording-file.js';
import { latest } from './stream-timeline.js';

const samplesPerMs = 8;
/** Written this often: with what may still come late, a crash loses a second and a half. */
const flushSamples = 800 * samplesPerMs;
/** Of each beat, three times what passed: a thread that was held up reads first what came meanwhile. */
const mostPerBeat = 480;
/** What cannot wait any longer for a thread that is held up. */
const mostHeld = trackSamples - 1_600;

/** Encoded audio of a packet, as it lies in its datagram. */
export interface HeardAudio {
  readonly law: Law;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly timestamp: number;
}

/**
 * A WAV file of two channels, 8 kHz, PCM16: left what the party says, right what it hears. What
 * does not come in time is silence, so that both channels keep to the clock.
 */
export class StereoRecorder {
  readonly path: string;
  readonly #file: RecordingFile;
  readonly #ring = new Int16Array(2 * trackSamples);
  readonly #tracks = [new RecordedTrack(this.#ring, 0), new RecordedTrack(this.#ring, 1)] as const;
  readonly #now: () => number;
  readonly #startMs: number;
  /** Samples that are written; all before are final. */
  #written = 0;
  /** Up to here nothing is waited for any more. */
  #final = 0;
  #masks: { readonly from: number; to: number }[] = [];
  #ended: Promise<void> | undefined;

  private constructor(path: string, file: RecordingFile, now: () => number) {
    this.path = path;
    this.#file = file;
    this.#now = now;
    this.#startMs = now();
  }

  /**
   * Makes the file, in place of one that is there.
   * @param failed the file cannot be written any further; what was written stays.
   * @throws NodeJS.ErrnoException when the file cannot be made.
   */
  static async open(
    path: string,
    failed: (error: Error) => void,
    now = (): number => performance.now(),
  ): Promise<StereoRecorder> {
    return new StereoRecorder(path, await RecordingFile.open(path, failed), now);
  }

  /** How long the recording is, in samples of one channel; masked time counts. */
  get samples(): number {
    return this.#ended === undefined ? this.#at(this.#now()) : this.#written;
  }

  /** Silence is written from here on, on both channels, until it is called with false. */
  mask(on: boolean): void {
    const now = this.#at(this.#now());
    const open = this.#masks.find(({ to }) => to === Infinity);
    if (on && open === undefined) this.#masks.push({ from: now, to: Infinity });
    if (!on && open !== undefined) open.to = now;
  }

  /** What the party says. */
  say(audio: HeardAudio, nowMs: number): void {
    this.#place(this.#tracks[0], audio, nowMs);
  }

  /** What the party hears. */
  hear(audio: HeardAudio, nowMs: number): void {
    this.#place(this.#tracks[1], audio, nowMs);
  }

  /** To be called on each beat. */
  beat(nowMs: number): void {
    this.#final = Math.min(this.#at(nowMs) - latest, this.#final + mostPerBeat);
    if (this.#final - this.#written >= flushSamples) this.#writeUpTo(this.#final);
  }

  /** Resolves when the file is complete on disk. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  #end(): Promise<void> {
    this.#writeUpTo(this.#at(this.#now()));
    return this.#file.close();
  }

  #at(nowMs: number): number {
    return Math.max(this.#written, Math.round((nowMs - this.#startMs) * samplesPerMs));
  }

  #place(track: RecordedTrack, audio: HeardAudio, nowMs: number): void {
    if (this.#ended !== undefined) return;
    const now = this.#at(nowMs);
    if (now - this.#written > mostHeld) this.#writeUpTo(now - mostHeld + flushSamples);
    const { law, bytes, start, end, timestamp } = audio;
    track.place(law, bytes, start, end, timestamp, now, this.#written);
  }

  #writeUpTo(final: number): void {
    while (this.#written < final) {
      const count = Math.min(final - this.#written, trackSamples);
      this.#silenceMasked(this.#written, this.#written + count);
      this.#file.append(this.#take(this.#written, count));
      this.#written += count;
    }
    this.#final = Math.max(this.#final, this.#written);
    this.#masks = this.#masks.filter(({ to }) => to > this.#written);
  }

  #silenceMasked(from: number, to: number): void {
    for (const mask of this.#masks) {
      const end = Math.min(mask.to, to);
      for (let at = Math.max(mask.from, from); at < end; at += 1) {
        const slot = 2 * (at & (trackSamples - 1));
        this.#ring[slot] = 0;
        this.#ring[slot + 1] = 0;
      }
    }
  }

  /** Copies a stretch of the ring out, and leaves silence behind. */
  #take(from: number, count: number): Buffer {
    const piece = new Int16Array(2 * count);
    const first = from & (trackSamples - 1);
    const untilWrap = Math.min(count, trackSamples - first);
    for (const [start, length, into] of [
      [first, untilWrap, 0],
      [0, count - untilWrap, untilWrap],
    ] as const) {
      const part = this.#ring.subarray(2 * start, 2 * (start + length));
      piece.set(part, 2 * into);
      part.fill(0);
    }
    return Buffer.from(piece.buffer);
  }
}
