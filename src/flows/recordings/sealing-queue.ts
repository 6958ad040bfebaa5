import type { Recording } from '../../domain/recordings/recording.js';
import type { RecordingId } from '../../domain/recordings/recording-id.js';
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

  has(id: RecordingId): boolean {
    return this.#unsealed.has(id);
  }

  /** Resolves when what can be sealed is sealed; what waits for better times is left to the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { timer, over } of this.#pauses) {
      timer.cancel();
      over();
    }
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
    this.house.log.error('Recording waits to be sealed', {
      recordingId: waiting.recording.id,
      fault: error instanceof RecordingFileError ? error.fault : undefined,
      err: error instanceof Error ? error : undefined,
    });
    if (this.#closed) return;
    this.house.clock.after(AGAIN_AFTER, () => {
      if (this.#closed) return;
      this.#next.push(waiting);
      this.#work();
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
    this.house.metrics.recordingsUnsealed(this.#unsealed.size);
  }
}
