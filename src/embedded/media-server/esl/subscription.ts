import type { EslEvent, EventFormat } from './event.js';

/** FreeSWITCH's word for each field of an event that has to be there, or must not. */
interface Filter {
  readonly name: string;
  readonly value: string;
  readonly wanted: boolean;
}

const mostFilters = 64;
const mostNames = 256;

/** Which events one connection hears, and how they are written. */
export class Subscription {
  format: EventFormat = 'plain';
  readonly #names = new Set<string>();
  readonly #subclasses = new Set<string>();
  #filters: Filter[] = [];

  /** Takes the words behind `event json`; all behind CUSTOM are subclasses. */
  add(words: readonly string[]): void {
    let custom = false;
    for (const word of words) {
      if (this.#names.size + this.#subclasses.size >= mostNames) return;
      if (custom) this.#subclasses.add(word);
      else this.#names.add(eventName(word));
      custom ||= word.toUpperCase() === 'CUSTOM';
    }
  }

  remove(words: readonly string[]): void {
    for (const word of words) {
      this.#names.delete(eventName(word));
      this.#subclasses.delete(word);
    }
  }

  clear(): void {
    this.#names.clear();
    this.#subclasses.clear();
  }

  /** Later ones of a name add to the earlier; false when there are too many. */
  filter(name: string, value: string): boolean {
    if (this.#filters.length >= mostFilters) return false;
    const wanted = !value.startsWith('-');
    const plain = value.replace(/^[+-]/, '');
    this.#filters.push({ name, value: plain.toLowerCase(), wanted });
    return true;
  }

  unfilter(name: string, value: string | undefined): void {
    this.#filters = this.#filters.filter(
      (filter) =>
        (name !== 'all' && filter.name !== name) ||
        (value !== undefined && filter.value !== value.toLowerCase()),
    );
  }

  hears(event: EslEvent): boolean {
    return this.#subscribed(event) && this.#passes(event);
  }

  #subscribed({ name, subclass }: EslEvent): boolean {
    if (this.#names.has('ALL')) return true;
    if (!this.#names.has(name)) return false;
    return subclass === undefined || this.#subclasses.has(subclass);
  }

  /** One filter that fits is enough, one that must not fit is too much. */
  #passes({ headers }: EslEvent): boolean {
    if (this.#filters.length === 0) return true;
    const fitting = this.#filters.filter(
      ({ name, value }) => headers[name]?.toLowerCase() === value,
    );
    return fitting.length > 0 && fitting.every(({ wanted }) => wanted);
  }
}

/** `SWITCH_EVENT_PLAYBACK_START` names the event that is sent as `PLAYBACK_START`. */
function eventName(word: string): string {
  return word.toUpperCase().replace(/^SWITCH_EVENT_/, '');
}
