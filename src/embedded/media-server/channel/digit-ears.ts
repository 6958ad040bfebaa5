export type DigitListener = (digit: string) => void;

/** Who hears the digits of a party: the application that began last, as it is the one on top. */
export class DigitEars {
  readonly #listeners: DigitListener[] = [];

  /** Returns how to stop listening. */
  listen(listener: DigitListener): () => void {
    this.#listeners.push(listener);
    return () => {
      const at = this.#listeners.indexOf(listener);
      if (at >= 0) this.#listeners.splice(at, 1);
    };
  }

  hear(digit: string): void {
    this.#listeners.at(-1)?.(digit);
  }
}
