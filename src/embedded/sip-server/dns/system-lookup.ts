import { lookup } from 'node:dns/promises';
import { isNothingThere } from './nothing-there.js';

/** getaddrinfo. */
type Look = (
  name: string,
  options: { family: 4 | 6; all: true },
) => Promise<readonly { readonly address: string }[]>;

/** Each holds one of the process's four pool threads until the system gives up. */
const mostAtOnce = 2;
/** Whoever stands behind these would hear of it long after his two seconds are over. */
const mostWaiting = 32;

/** The system's own look-up, a few names at a time: the others wait for their turn. */
export class SystemLookup {
  readonly #look: Look;
  readonly #waiting: (() => void)[] = [];
  #asking = 0;

  constructor(look: Look = lookup) {
    this.#look = look;
  }

  /**
   * None when the system knows that there is none. Rejects when it does not know, because it could
   * not ask or has too much to do: what was known before is then better than nothing.
   */
  async addresses(family: 4 | 6, name: string): Promise<string[]> {
    await this.#turn();
    try {
      return (await this.#look(name, { family, all: true })).map(({ address }) => address);
    } catch (error) {
      if (isNothingThere(error)) return [];
      throw error;
    } finally {
      this.#leave();
    }
  }

  async #turn(): Promise<void> {
    if (this.#asking < mostAtOnce) {
      this.#asking += 1;
      return;
    }
    if (this.#waiting.length >= mostWaiting) throw new Error('too many names wait to be looked up');
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Whoever waits takes the place over. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#asking -= 1;
  }
}
