import { inspect } from 'node:util';
import {
  parsePhoneNumberFromString,
  type CountryCode,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import { callingCodeOf, onlyCountryOf } from './calling-codes.js';
import { isE164 } from './did.js';
import { partialMask } from './partial-mask.js';
import { spellingsOf, type Spellings } from './spellings.js';

const UNASKED = Symbol('unasked');

let readDigits: (number: RealNumber) => string;
let spell: (number: RealNumber) => Spellings;

/**
 * A participant's real number. It prints as a partial mask through every way JavaScript turns a
 * value into text, so that no log line, error or answer can carry it by accident; only `unmask`,
 * which few rooms may import (eslint.config.js), yields the digits.
 */
export class RealNumber {
  readonly #e164: string;
  readonly #mask: string;
  /** `unasked` until somebody wants to know: it takes a full parse where countries share a code. */
  #country: string | undefined | typeof UNASKED;

  readonly #read: PhoneNumber | undefined;
  /** As secret as the digits, and gone with them. */
  #spellings: Spellings | undefined;

  static {
    readDigits = (number) => number.#e164;
    spell = (number) => (number.#spellings ??= spellingsOf(number.#e164, number.#read));
  }

  /** @param read what the parser made of exactly these digits, for who has had to ask it. */
  private constructor(
    e164: string,
    mask: string,
    country: string | undefined | typeof UNASKED,
    read?: PhoneNumber,
  ) {
    this.#e164 = e164;
    this.#mask = mask;
    this.#country = country;
    this.#read = read;
  }

  /**
   * Reads a number in E.164 or in the national form of `country` (ISO 3166 alpha-2).
   * @returns undefined when the text is no dialable number there.
   */
  static parse(text: string, country?: string): RealNumber | undefined {
    const parsed = parsePhoneNumberFromString(text, country as CountryCode | undefined);
    // "Possible" and not "valid": numbering plans grow faster than any metadata, and a caller from
    // a new range must reach its session.
    if (!parsed?.isPossible() || parsed.ext !== undefined) return undefined;
    // A trunk prefix typed behind the country code changes what the parser thinks of the country;
    // only the digits that are kept may tell, or the number would change when it is read back.
    const asKept = parsed.number === text;
    return new RealNumber(
      parsed.number,
      partialMask(parsed.number, parsed.countryCallingCode),
      asKept ? parsed.country : UNASKED,
      asKept ? parsed : undefined,
    );
  }

  /**
   * The number whose digits `parse` once read and `unmask` gave: a known good one, such as the vault
   * keeps, is not judged again, which spares most of the time that a parse takes.
   */
  static fromKnown(e164: string): RealNumber | undefined {
    const code = isE164(e164) ? callingCodeOf(e164) : undefined;
    if (code === undefined) return RealNumber.parse(e164);
    return new RealNumber(e164, partialMask(e164, code), onlyCountryOf(code) ?? UNASKED);
  }

  /** ISO 3166 alpha-2, where the number tells. */
  get country(): string | undefined {
    if (this.#country === UNASKED) this.#country = parsePhoneNumberFromString(this.#e164)?.country;
    return this.#country;
  }

  equals(other: RealNumber): boolean {
    return this.#e164 === other.#e164;
  }

  toString(): string {
    return this.#mask;
  }

  toJSON(): string {
    return this.#mask;
  }

  [Symbol.toPrimitive](): string {
    return this.#mask;
  }

  [inspect.custom](): string {
    return `RealNumber(${this.#mask})`;
  }
}

/** The digits in E.164. For addressing a leg, sealing into the vault, and the guard's needles. */
export function unmask(number: RealNumber): string {
  return readDigits(number);
}

/**
 * All spellings of the number, as restricted as its digits. Worked out once for each object: a call
 * asks for its caller's several times, and spelling is most of what its guard costs.
 */
export function spellingsOfNumber(number: RealNumber): Spellings {
  return spell(number);
}
