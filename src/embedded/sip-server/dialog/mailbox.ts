import type { Timing } from '../transaction/timing.js';

/**
 * Keeps the messages of a dialog in order on their way to the application, and can keep them back
 * for a moment.
 */
export class Mailbox {
  readonly #timing: Timing;
  readonly #waiting: (() => void)[] = [];
  #holding = false;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  holdFor(milliseconds: number): void {
    if (this.#holding || milliseconds <= 0) return;
    this.#holding = true;
    this.#timing.after(milliseconds, () => {
      this.#holding = false;
      for (const deliver of this.#waiting.splice(0)) deliver();
    });
  }

  post(deliver: () => void): void {
    if (this.#holding) this.#waiting.push(deliver);
    else deliver();
  }
}
