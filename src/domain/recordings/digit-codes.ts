import type { Instant, Millis } from '../time.js';
import type { RecordingDigits } from './recording-policy.js';

export type RecordingOrder = keyof RecordingDigits;

/** Digits of one code follow each other this fast; slower ones are somebody's dialing. */
const WITHIN = 3000 as Millis;

/**
 * Finds the codes of a recording in the digits of one party. It keeps no more of them than a code
 * is long, and nothing once that is too long ago.
 */
export class DigitCodes {
  #heard = '';
  #at: Instant | undefined;
  readonly #codes: readonly (readonly [RecordingOrder, string])[];
  readonly #longest: number;

  constructor(digits: RecordingDigits) {
    this.#codes = (Object.entries(digits) as [RecordingOrder, string | undefined][]).flatMap(
      ([order, code]) => (code === undefined ? [] : [[order, code] as const]),
    );
    this.#longest = Math.max(0, ...this.#codes.map(([, code]) => code.length));
  }

  /** What the party has ordered with this digit, if its code is whole now. */
  heard(digit: string, at: Instant): RecordingOrder | undefined {
    if (this.#longest === 0) return undefined;
    if (this.#at !== undefined && at - this.#at > WITHIN) this.#heard = '';
    this.#at = at;
    this.#heard = `${this.#heard}${digit}`.slice(-this.#longest);
    const found = this.#codes.find(([, code]) => this.#heard.endsWith(code));
    if (found === undefined) return undefined;
    this.#heard = '';
    return found[0];
  }
}
