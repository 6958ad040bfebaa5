import type { Recording } from '../../domain/recordings/recording.js';
import type { RecordingId } from '../../domain/recordings/recording-id.js';
import type { RecordingEvent } from '../../domain/recordings/recording-state.js';
import { between, seconds, type Millis, type Timer } from '../../domain/time.js';
import { RecordingFileError } from '../ports/recording-files.js';
import type { RecordingHouse } from './recording-house.js';
import { sealRecording } from './seal-recording.js';

/** Calls that end together are sealed one after the other: those that talk come first. */
const AT_ONCE = 2;
const AGAIN_AFTER = seconds(30);
/** A FreeSWITCH writes every 2 s; a file at rest for longer has no writer. */
const AT_REST = seconds(3);
const REST_CHECKS = 8;
/** A disk that hangs holds up no shutdown for longer. */
const LONGEST_CLOSE = seconds(10);

interface Waiting {
  readonly recording: Recording;
  /** Whether the media server has said that the file is complete; else it is watched first. */
  readonly complete: boolean;
}

/**
 * Seals what has ended, a few at once. What cannot be sealed now (no room, a store that is away)
 * stays where it is and is tried again for as long as it takes; after a crash the next start does.
 */
export class SealingQueue {
  /** Whose row still says that they run. */
  readonly #unwritten = new Set<RecordingId>();
  readonly #unsealed = new Map<RecordingId, Waiting>();
  readonly #next: Waiting[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #pauses = new Set<{ readonly timer: Timer; readonly over: () => void }>();
  #closed = false;

  constructor(private readonly house: RecordingHouse) {}

  /** @param recording of status processing. */
  put(recording: Recording, complete: boolean): void {
    if (this.#unsealed.has(recording.id)) return;
    const waiting = { recording, complete };
    this.#unsealed.set(recording.id, waiting);
    this.#count();
    this.#next.push(waiting);
    this.#work();
  }

  /**
   * A recording has ended: its row says so, now or as soon as the store is back, and then it is sealed.
   * @returns the row, or undefined when it could not be written yet. Never fails.
   */
  async ended(
    id: RecordingId,
    end: Extract<RecordingEvent, { is: 'ended' }>,
    complete: boolean,
  ): Promise<Recording | undefined> {
    try {
      const ended = await this.house.store.advance(id, end);
      this.#unwritten.delete(id);
      if (ended === undefined) this.#count();
      else this.put(ended, complete);
      return ended;
    } catch (error) {
      this.#unwritten.add(id);
      this.#count();
      this.#tellOf(id, 'The end of a recording could not be written', error);
      this.#again(() => void this.ended(id, end, complete));
      return undefined;
    }
  }

  /**
   * Resolves when what can be sealed is sealed, or after 10 s; what waits for better times is left to
   * the next start.
   */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { timer, over } of this.#pauses) {
      timer.cancel();
      over();
    }
    await new Promise<void>((resolve) => {
      const patience = this.house.clock.after(LONGEST_CLOSE, resolve);
      void this.#idle().then(() => {
        patience.cancel();
        resolve();
      });
    });
    const left = this.#unsealed.size + this.#unwritten.size;
    if (left > 0) this.house.log.warn('Recordings are left to the next start', { count: left });
  }

  async #idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #work(): void {
    while (this.#running.size < AT_ONCE) {
      const waiting = this.#next.shift();
      if (waiting === undefined) return;
      const run = this.#seal(waiting).finally(() => {
        this.#running.delete(run);
        this.#work();
      });
      this.#running.add(run);
    }
  }

  async #seal(waiting: Waiting): Promise<void> {
    const { recording, complete } = waiting;
    try {
      if (!complete) await this.#restOf(recording.id);
      await sealRecording(recording, this.house);
      this.#unsealed.delete(recording.id);
      this.#count();
    } catch (error) {
      this.#later(waiting, error);
    }
  }

  #later(waiting: Waiting, error: unknown): void {
    this.#tellOf(waiting.recording.id, 'Recording waits to be sealed', error);
    this.#again(() => {
      this.#next.push(waiting);
      this.#work();
    });
  }

  #tellOf(recordingId: RecordingId, message: string, error: unknown): void {
    this.house.log.error(message, {
      recordingId,
      fault: error instanceof RecordingFileError ? error.fault : undefined,
      err: error instanceof Error ? error : undefined,
    });
  }

  #again(what: () => void): void {
    if (this.#closed) return;
    this.house.clock.after(AGAIN_AFTER, () => {
      if (!this.#closed) what();
    });
  }

  /** Nobody told us that the media server is done with the file, so it is watched for a while. */
  async #restOf(id: RecordingId): Promise<void> {
    const { raw, clock } = this.house;
    for (let check = 0; check < REST_CHECKS && !this.#closed; check += 1) {
      const look = await raw.look(id);
      if (look === undefined) return;
      const rested = between(look.changedAt, clock.now());
      if (rested >= AT_REST) return;
      await this.#pause(seconds(Math.ceil((AT_REST - Math.max(0, rested)) / 1000)));
    }
  }

  #pause(length: Millis): Promise<void> {
    return new Promise((over) => {
      const pause = {
        over,
        timer: this.house.clock.after(length, () => {
          this.#pauses.delete(pause);
          over();
        }),
      };
      this.#pauses.add(pause);
    });
  }

  #count(): void {
    this.house.metrics.recordingsUnsealed(this.#unsealed.size + this.#unwritten.size);
  }
}
