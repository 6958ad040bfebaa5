import { seconds, type Clock } from './time.js';

/** Where packets come from and what was done to them: an address of the network, never a number. */
export interface NotedSource {
  readonly address: string;
  readonly port?: number;
  readonly reason: string;
  /** Messages from there. */
  readonly count: number;
}

/** Sources with their counts, and how many messages came from others that there was no room for. */
export type SourceNotice = (named: readonly NotedSource[], others: number) => void;

const EVERY = seconds(60);
const MOST_NAMED = 16;

/**
 * Tells of sources that were turned away: of the first at once, of those that follow together when
 * the minute is over, whether or not more come then. Whoever floods us writes sixteen lines a minute
 * and one for the rest.
 */
export class SourceNotices {
  readonly #clock: Clock;
  readonly #say: SourceNotice;
  readonly #named = new Map<string, NotedSource>();
  #others = 0;
  #waiting = false;

  constructor(clock: Clock, say: SourceNotice) {
    this.#clock = clock;
    this.#say = say;
  }

  note(sources: readonly NotedSource[], others = 0): void {
    this.#others += others;
    for (const source of sources) this.#add(source);
    if (!this.#waiting) this.#tell();
  }

  #add(source: NotedSource): void {
    const key = `${source.reason} ${source.address} ${source.port ?? ''}`;
    const known = this.#named.get(key);
    if (known === undefined && this.#named.size >= MOST_NAMED) this.#others += source.count;
    else this.#named.set(key, { ...source, count: (known?.count ?? 0) + source.count });
  }

  #tell(): void {
    this.#waiting = this.#named.size + this.#others > 0;
    if (!this.#waiting) return;
    this.#say([...this.#named.values()], this.#others);
    this.#named.clear();
    this.#others = 0;
    this.#clock.after(EVERY, () => this.#tell());
  }
}
