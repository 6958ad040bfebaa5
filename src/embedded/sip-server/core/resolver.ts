import { lookup } from 'node:dns/promises';
import type { Hop } from '../message/sip-message.js';
import type { Cancel, Timing } from '../timing.js';
import { isNumeric, type Destination } from './next-hop.js';

const lookupMilliseconds = 2_000;
/** An answer is good for so long, and so is the lack of one. */
const rememberMilliseconds = 5_000;
const rememberedNames = 1_000;
/** Each look-up holds one of the process's four pool threads until the name server gives up. */
const mostAtOnce = 3;

/** Every address of a name; rejects when there is none. */
export type Lookup = (name: string) => Promise<readonly string[]>;

const systemLookup: Lookup = async (name) => {
  return (await lookup(name, { all: true })).map(({ address }) => address);
};

type Found = (addresses: readonly string[]) => void;

interface Question {
  readonly waiting: Found[];
  readonly giveUp: Cancel;
}

/**
 * Names to addresses. A name is asked for once, however many calls wait for it, and answered in the
 * order they came; a dead name server costs each call two seconds and the engine nothing. What was
 * known is used again when no answer comes (RFC 8767), so that a trunk outlives its name server.
 */
export class Resolver {
  readonly #timing: Timing;
  /** Whether we have a socket for the family of an address. */
  readonly #usable: (hop: Hop) => boolean;
  readonly #lookup: Lookup;
  readonly #known = new Map<string, { addresses: readonly string[]; until: number }>();
  readonly #questions = new Map<string, Question>();
  readonly #queue: string[] = [];
  #asking = 0;

  constructor(timing: Timing, usable: (hop: Hop) => boolean, ask = systemLookup) {
    this.#timing = timing;
    this.#usable = usable;
    this.#lookup = ask;
  }

  /** Calls back at once when there is nothing to look up; `undefined` when there is no address. */
  resolve(destination: Destination, found: (hop: Hop | undefined) => void): void {
    const name = destination.address;
    if (isNumeric(destination)) {
      found(destination);
      return;
    }
    const choose: Found = (addresses) => {
      const hops = addresses.map((address) => ({ ...destination, address }));
      found(hops.find((hop) => this.#usable(hop)));
    };
    const known = this.#known.get(name);
    if (known && known.until > this.#timing.now()) choose(known.addresses);
    else this.#ask(name, choose);
  }

  #ask(name: string, found: Found): void {
    const asked = this.#questions.get(name);
    if (asked) {
      asked.waiting.push(found);
      return;
    }
    const giveUp = this.#timing.after(lookupMilliseconds, () => this.#answer(name, []));
    this.#questions.set(name, { waiting: [found], giveUp });
    this.#queue.push(name);
    this.#next();
  }

  #next(): void {
    if (this.#asking >= mostAtOnce) return;
    const name = this.#queue.shift();
    if (name === undefined) return;
    this.#asking += 1;
    const answered = (addresses: readonly string[]): void => {
      this.#asking -= 1;
      this.#next();
      this.#answer(name, addresses);
    };
    this.#lookup(name).then(answered, () => answered([]));
  }

  #answer(name: string, addresses: readonly string[]): void {
    const question = this.#questions.get(name);
    this.#questions.delete(name);
    const asked = this.#queue.indexOf(name);
    if (asked >= 0) this.#queue.splice(asked, 1);
    const current = addresses.length > 0 ? addresses : (this.#known.get(name)?.addresses ?? []);
    this.#remember(name, current);
    question?.giveUp();
    for (const found of question?.waiting ?? []) found(current);
  }

  #remember(name: string, addresses: readonly string[]): void {
    const [oldest] = this.#known.keys();
    const full = this.#known.size >= rememberedNames && !this.#known.has(name);
    if (full && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(name, { addresses, until: this.#timing.now() + rememberMilliseconds });
  }
}
