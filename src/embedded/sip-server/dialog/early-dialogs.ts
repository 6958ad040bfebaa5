/** Callees of one INVITE that are told apart; a proxy that forks to more is none. */
export const mostForks = 32;

/**
 * The early dialogs of an INVITE that forked (RFC 3261 §12.1), as far as they have sent reliable
 * provisional responses. An application has one id for them all and tells them apart by RAck.
 */
export class EarlyDialogs<T> {
  readonly #noted: { readonly rseq: number; readonly dialog: T }[] = [];

  note(rseq: number, dialog: T): void {
    if (this.#noted.length >= mostForks) this.#noted.shift();
    this.#noted.push({ rseq, dialog });
  }

  /** The dialog whose response a PRACK acknowledges; two may have chosen the same number. */
  acknowledging(rseq: number): T | undefined {
    const at = this.#noted.findIndex((one) => one.rseq === rseq);
    const found = this.#noted[at];
    const another = this.#noted.some((one, place) => place > at && one.rseq === rseq);
    if (another) this.#noted.splice(at, 1);
    return found?.dialog;
  }

  clear(): void {
    this.#noted.length = 0;
  }
}
