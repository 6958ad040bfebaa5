import { parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js/max';

/** The ways a number is written, as bare digits: separators and `+` are gone on both sides. */
export interface Spellings {
  /** `14155550100` */
  readonly e164: string;
  /** As dialed within its country: `02079460000`. */
  readonly national: string;
  /** Without trunk prefix: `2079460000`. */
  readonly significant: string;
  /**
   * Spellings so long (9 digits or more) that they tell even inside a longer run of digits, behind
   * a carrier's or an office prefix. Includes hex of the ASCII digits and swapped nibbles (TBCD).
   */
  readonly telling: readonly string[];
  /** Every spelling that tells as a whole run of its own: all of the above, and each tail from 7 digits. */
  readonly whole: readonly string[];
}

/** A run shorter than this names no party: extensions, ports, payload types. */
export const SHORTEST_TAIL = 7;

// Seven or eight digits inside a random identifier are met by chance; nine practically never.
const SHORTEST_TELLING = 9;

/** International prefixes that a peer may dial: ITU-T E.164's 00 and the NANP's 011. */
const PREFIXES = ['00', '011'];

function tails(digits: string): string[] {
  const found: string[] = [];
  for (let length = SHORTEST_TAIL; length <= digits.length; length += 1) {
    found.push(digits.slice(-length));
  }
  return found;
}

/** `4155` as `34313535`, the ASCII codes of its digits. */
function asHex(digits: string): string {
  return digits.replace(/\d/g, '3$&');
}

/** Telephony BCD (3GPP TS 24.008 §10.5.4.7): `4155` as `1455`; an odd last digit is left out. */
function asSwappedNibbles(digits: string): string {
  return digits.replace(/(\d)(\d)/g, '$2$1').slice(0, digits.length - (digits.length % 2));
}

/**
 * All spellings of a number the guard looks for.
 * @param number a number in E.164 with its +, or the digits of a longer user part of a SIP address.
 * @param read what the parser made of that very number, when it was asked before.
 */
export function spellingsOf(number: string, read?: PhoneNumber): Spellings {
  const e164 = number.replace(/\D/g, '');
  const parsed = read ?? (number.startsWith('+') ? parsePhoneNumberFromString(number) : undefined);
  const significant = parsed?.nationalNumber ?? e164;
  const national = parsed?.formatNational().replace(/\D/g, '') ?? e164;
  const prefixed = PREFIXES.map((prefix) => prefix + e164);
  const written = [e164, national, significant];
  const encoded = [e164, significant].flatMap((digits) => [
    asHex(digits),
    asSwappedNibbles(digits),
  ]);
  return {
    e164,
    national,
    significant,
    // The last nine digits find Argentine, Brazilian and Mexican mobiles without their extra digit.
    telling: unique([...written, ...prefixed, ...encoded, e164.slice(-9)], SHORTEST_TELLING),
    whole: unique([...written, ...prefixed, ...tails(e164), ...tails(national)], SHORTEST_TAIL),
  };
}

function unique(texts: readonly string[], shortest: number): string[] {
  return [...new Set(texts.filter((text) => text.length >= shortest))];
}
