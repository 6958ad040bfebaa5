import { stat } from 'node:fs/promises';
import { StereoRecorder } from '../audio/stereo-recorder.js';
import type { PermittedPaths } from '../files/permitted-paths.js';
import type { MediaPort } from '../rtp/media-port.js';

interface Recording {
  readonly recorder: StereoRecorder;
  readonly limit: NodeJS.Timeout | undefined;
}

/** What became of a recording that was stopped. */
export interface Recorded {
  readonly path: string;
  readonly samples: number;
  readonly bytes: number;
}

const mostAtOnce = 8;

/** The recordings of one channel, by the path they were started with. */
export class Recordings {
  readonly #port: MediaPort;
  readonly #permitted: PermittedPaths;
  readonly #ended: (recorded: Recorded) => void;
  readonly #running = new Map<string, Recording>();
  /** Paths whose file is being made. */
  readonly #starting = new Set<string>();
  #closed = false;

  constructor(port: MediaPort, permitted: PermittedPaths, ended: (recorded: Recorded) => void) {
    this.#port = port;
    this.#permitted = permitted;
    this.#ended = ended;
  }

  /** Whether it runs now; false: the file may or can not be made, or is being recorded already. */
  async start(path: string, limitSeconds: number): Promise<boolean> {
    if (this.#running.has(path) || this.#starting.has(path)) return false;
    if (this.#running.size + this.#starting.size >= mostAtOnce) return false;
    this.#starting.add(path);
    try {
      return await this.#open(path, limitSeconds);
    } catch {
      return false;
    } finally {
      this.#starting.delete(path);
    }
  }

  /** Silence from here on; false when nothing is recorded there. */
  mask(path: string, on: boolean): boolean {
    const recording = this.#running.get(path);
    recording?.recorder.mask(on);
    return recording !== undefined;
  }

  /** Resolves when the file is complete; false when nothing is recorded there. */
  async stop(path: string): Promise<boolean> {
    const recording = this.#running.get(path);
    if (recording === undefined) return false;
    this.#running.delete(path);
    clearTimeout(recording.limit);
    const { recorder } = recording;
    await this.#port.endRecording(recorder);
    const bytes = await stat(recorder.path).then(
      ({ size }) => size,
      () => 0,
    );
    this.#ended({ path, samples: recorder.samples, bytes });
    return true;
  }

  /** All of them, as `all` in place of a path. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((path) => this.stop(path)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.stopAll();
  }

  get any(): boolean {
    return this.#running.size > 0;
  }

  async #open(path: string, limitSeconds: number): Promise<boolean> {
    // Other kinds of file would need other writers.
    const file = path.endsWith('.wav') ? await this.#permitted.toWrite(path) : undefined;
    if (file === undefined) return false;
    const recorder = await StereoRecorder.open(file, () => void this.stop(path));
    this.#port.record(recorder);
    const limit =
      limitSeconds > 0 ? setTimeout(() => void this.stop(path), limitSeconds * 1000) : undefined;
    this.#running.set(path, { recorder, limit });
    // The channel may have ended while the file was being made.
    if (this.#closed) await this.stop(path);
    return this.#running.has(path);
  }
}
