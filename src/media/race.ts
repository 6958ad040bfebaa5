import { MediaFailed, type MediaFailure } from '../flows/ports/media.js';
import type { Clock, Millis } from '../domain/time.js';

/** The end of something that others wait for: told once, also to those who come later. */
export class Ending {
  #over = false;
  readonly #listeners = new Set<() => void>();

  get over(): boolean {
    return this.#over;
  }

  /** Answers how to stop listening. */
  tell(listener: () => void): () => void {
    if (this.#over) {
      listener();
      return () => undefined;
    }
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}

export interface Bounds {
  readonly ending: Ending;
  readonly clock: Clock;
  /** Unlimited but by the ending. */
  readonly within: Millis | 'unlimited';
  /** What it is called when the time is over or the work itself fails. */
  readonly failure: MediaFailure;
}

/**
 * Waits for what the server promised, and no longer than the thing it is about lives: FreeSWITCH
 * may close a channel's connection before it has told of the last command's end, and then nothing
 * settles the promise. What settles too late is ignored.
 * @throws MediaFailed `gone` when the ending came first.
 */
export function bounded<T>(work: Promise<T>, bounds: Bounds): Promise<T> {
  const { ending, clock, within, failure } = bounds;
  return new Promise((resolve, reject) => {
    let settled = false;
    let forget = (): void => undefined;
    const settle = (how: () => void): void => {
      if (settled) return;
      settled = true;
      timer?.cancel();
      forget();
      how();
    };
    const fail = (why: MediaFailed): void => settle(() => reject(why));
    const timer =
      within === 'unlimited'
        ? undefined
        : clock.after(within, () => fail(new MediaFailed(failure, 'no answer in time')));
    forget = ending.tell(() => fail(new MediaFailed('gone')));
    work.then(
      (value) => settle(() => (ending.over ? reject(new MediaFailed('gone')) : resolve(value))),
      (error: unknown) => fail(asMediaFailed(error, failure)),
    );
  });
}

/** Only the kind of what a library throws is told: its text may hold a command or a message. */
export function asMediaFailed(error: unknown, failure: MediaFailure): MediaFailed {
  if (error instanceof MediaFailed) return error;
  const status = (error as { status?: unknown } | null)?.status;
  return new MediaFailed(failure, typeof status === 'number' ? `SIP ${status}` : undefined);
}
