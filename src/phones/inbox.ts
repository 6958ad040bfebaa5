/** A thing that was waited for did not come. */
export class NothingCame extends Error {
  override readonly name = 'NothingCame';
}

interface Waiter<T> {
  readonly matches: (item: T) => boolean;
  readonly take: (item: T) => void;
}

/**
 * Things in the order they arrived. Waiting looks at what is already there first, and each thing
 * is taken once, so a script has no race between an arrival and the line that waits for it.
 */
export class Inbox<T> {
  readonly #items: T[] = [];
  readonly #waiters: Waiter<T>[] = [];
  readonly #describe: (item: T) => string;

  constructor(describe: (item: T) => string) {
    this.#describe = describe;
  }

  put(item: T): void {
    const index = this.#waiters.findIndex((waiter) => waiter.matches(item));
    const [waiter] = index < 0 ? [] : this.#waiters.splice(index, 1);
    if (waiter === undefined) this.#items.push(item);
    else waiter.take(item);
  }

  /** Takes the first match that is here now. */
  poll(matches: (item: T) => boolean = () => true): T | undefined {
    const index = this.#items.findIndex(matches);
    return index < 0 ? undefined : this.#items.splice(index, 1)[0];
  }

  /** @throws NothingCame after `timeoutMs`, naming what did come. */
  async take(what: string, matches: (item: T) => boolean, timeoutMs: number): Promise<T> {
    const here = this.poll(matches);
    if (here !== undefined) return here;
    return new Promise<T>((resolve, reject) => {
      const waiter: Waiter<T> = {
        matches,
        take: (item) => {
          clearTimeout(timer);
          resolve(item);
        },
      };
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        const others = this.#items.map(this.#describe).join(', ') || 'nothing else';
        reject(new NothingCame(`${what} did not come within ${timeoutMs} ms (came: ${others})`));
      }, timeoutMs);
      this.#waiters.push(waiter);
    });
  }
}
