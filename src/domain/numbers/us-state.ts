import { AREA_CODES } from './area-codes.js';
import { unmask, type RealNumber } from './real-number.js';

/** USPS abbreviation of a state of the US or of the District of Columbia. */
export type UsState = keyof typeof AREA_CODES;

const STATE_OF = new Map<string, UsState>(
  Object.entries(AREA_CODES).flatMap(([state, codes]) =>
    codes.split(' ').map((code) => [code, state as UsState] as const),
  ),
);

/**
 * The state that a number's area code belongs to; undefined for toll-free and all others that are
 * in no state. Where its owner is at the moment, no number tells.
 */
export function usStateOf(number: RealNumber): UsState | undefined {
  const e164 = unmask(number);
  return e164.startsWith('+1') ? STATE_OF.get(e164.slice(2, 5)) : undefined;
}
