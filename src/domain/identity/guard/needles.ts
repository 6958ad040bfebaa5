import { inspect } from 'node:util';
import { unmaskParty, type PartyAddress } from '../../numbers/party-address.js';
import { RealNumber, spellingsOfNumber } from '../../numbers/real-number.js';
import { spellingsOfDid } from '../../numbers/spelled-dids.js';
import { spellingsOf, type Spellings } from '../../numbers/spellings.js';
import { addressNeedles, hostOf, isShared } from './address-needles.js';
import { digitRuns, type DigitRuns } from './digit-runs.js';
import type { LegPermitted, LegSecrets, LegTraces } from './secrets.js';
import { contains, type TextNeedle } from './text-needle.js';
import {
  aorOf,
  callIdNeedles,
  nameNeedle,
  numbersIn,
  partyNeedles,
  plain,
  tagNeedle,
} from './trace-needles.js';

/** What a number is looked for as, with what this leg rightly says of digits. */
export interface NumberNeedles extends DigitRuns {
  /** IPv4 addresses that this leg rightly says: four groups of digits that are no number. */
  readonly ownAddresses: ReadonlySet<string>;
}

type Parties = Pick<LegSecrets, 'parties' | 'directMedia'> & {
  readonly permitted: Pick<LegPermitted, 'parties' | 'dids'>;
};

/**
 * What the guard looks for on one leg. It grows with the call: each thing learnt costs only itself,
 * because what is looked for is everything hidden less everything permitted, in whatever order they
 * came. It holds real numbers, so it prints as nothing.
 */
export class Needles {
  readonly directMedia: boolean;
  /** By all that tells two apart. */
  readonly #texts = new Map<string, TextNeedle>();
  #textList: readonly TextNeedle[] | undefined;
  /** What this leg rightly says, plain: a needle that is part of it is not looked for. */
  readonly #said: string[];
  readonly #sharedHosts = new Set<string>();
  readonly #hiddenNumbers: Spellings[];
  readonly #saidNumbers: readonly Spellings[];
  #numbers: NumberNeedles | undefined;

  constructor({ parties, permitted, directMedia }: Parties) {
    this.directMedia = directMedia;
    this.#said = permitted.parties.map((party) => plain(unmaskParty(party)));
    this.#hiddenNumbers = parties.flatMap(spelled);
    this.#saidNumbers = [
      ...permitted.parties.flatMap(spelled),
      ...permitted.dids.map(spellingsOfDid),
    ];
    this.#look(parties.flatMap(partyNeedles));
  }

  get texts(): readonly TextNeedle[] {
    this.#textList ??= [...this.#texts.values()];
    return this.#textList;
  }

  get numbers(): NumberNeedles {
    this.#numbers ??= {
      ...digitRuns(this.#hiddenNumbers, this.#saidNumbers),
      ownAddresses: this.#sharedHosts,
    };
    return this.#numbers;
  }

  /** Looks from now on also for what the other party is known by. */
  hide({ names, addresses, callIds, tags }: LegTraces): void {
    const needles: TextNeedle[] = [];
    for (const name of names) {
      needles.push(...nameNeedle(name));
      this.#hideNumbers(numbersIn(name));
    }
    for (const address of addresses) needles.push(...addressNeedles(address, this.#sharedHosts));
    for (const callId of callIds) needles.push(...callIdNeedles(callId));
    for (const tag of tags) needles.push(...tagNeedle(tag));
    this.#look(needles);
  }

  /** Lets pass from now on what this leg's own party is known by. */
  permit({ names, addresses, callIds, tags }: LegTraces): void {
    const said: string[] = [];
    for (const texts of [names, addresses, callIds, tags]) {
      for (const text of texts) said.push(plain(text));
    }
    for (const address of addresses) this.#sharedHosts.add(hostOf(address));
    this.#said.push(...said);
    for (const [key, needle] of this.#texts) {
      const rightlySaid = said.some((text) => contains(text, needle));
      if (!rightlySaid && !isShared(needle.host, this.#sharedHosts)) continue;
      this.#texts.delete(key);
      this.#textList = undefined;
    }
  }

  #look(needles: readonly TextNeedle[]): void {
    for (const needle of needles) {
      if (this.#said.some((text) => contains(text, needle))) continue;
      const { kind, boundary, host, text } = needle;
      this.#texts.set(`${kind} ${boundary} ${host ?? ''} ${text}`, needle);
      this.#textList = undefined;
    }
  }

  #hideNumbers(numbers: readonly string[]): void {
    if (numbers.length === 0) return;
    this.#hiddenNumbers.push(...numbers.map((number) => spellingsOf(number)));
    this.#numbers = undefined;
  }

  toJSON(): string {
    return 'Needles';
  }

  [inspect.custom](): string {
    return 'Needles';
  }
}

/** Compiles what must not leave on a leg, as far as it is known. */
export function compileNeedles(secrets: LegSecrets): Needles {
  const needles = new Needles(secrets);
  needles.permit(secrets.permitted);
  needles.hide(secrets);
  return needles;
}

/** A number in E.164, or the bare digits of a SIP address's user part. */
function spelled(party: PartyAddress): Spellings[] {
  if (party instanceof RealNumber) return [spellingsOfNumber(party)];
  return numbersIn(aorOf(party)?.user ?? '').map((number) => spellingsOf(number));
}
