import { seconds, type Clock, type Timer } from '../domain/time.js';

/** The engine drops a cancelled INVITE that is never answered after 32 s, without a word. */
const LONGEST_SILENCE = seconds(40);

/**
 * What of a call may still send something after the call has ended: a BYE that is challenged, an
 * answer that overtook a CANCEL. The guard must know the call until the last of them is done.
 */
export class OpenEnds {
  readonly #open = new Set<object>();
  #released: (() => void) | undefined;
  #patience: Timer | undefined;

  constructor(private readonly clock: Clock) {}

  open(end: object): void {
    this.#open.add(end);
  }

  close(end: object): void {
    this.#open.delete(end);
    if (this.#open.size === 0) this.#finish();
  }

  /** Runs `done` once nothing is open any more, at the latest after the longest silence. */
  whenClosed(done: () => void): void {
    this.#released = done;
    if (this.#open.size === 0) this.#finish();
    else this.#patience = this.clock.after(LONGEST_SILENCE, () => this.#finish());
  }

  #finish(): void {
    this.#patience?.cancel();
    this.#released?.();
    this.#released = undefined;
  }
}
