import type { SipRequest } from '../message/sip-message.js';
import { parseUri } from '../message/uri.js';

/**
 * A number this long is the same with and without its country code or trunk prefix; a shorter one,
 * as 911 or +1911, is what it is and nothing else.
 */
const longEnoughToBeFull = 6;

/** What is kept free above each bound for calls for help and calls in progress, as a share of it. */
export const reservedShare = 0.1;

/** Whether a request may be a call for help. */
export type MayBeUrgent = (request: SipRequest) => boolean;

/**
 * Recognises what may be an emergency call: `urn:service:sos` (RFC 5031) and the numbers given, as
 * dialed. Which numbers these are depends on countries and contracts, of which only whoever starts
 * the engine knows.
 */
export function urgencyTest(numbers: readonly string[]): MayBeUrgent {
  const listed = numbers.map(dialable);
  const exact = new Set(listed);
  const full = listed.map(digitsOf).filter(({ length }) => length >= longEnoughToBeFull);
  return ({ uri }) => {
    if (/^urn:service:sos(?:$|[.;?#])/i.test(uri)) return true;
    const dialed = dialedIn(uri);
    if (!/^\+?\d+$/.test(dialed)) return false;
    if (exact.has(dialed)) return true;
    const digits = digitsOf(dialed);
    return (
      digits.length >= longEnoughToBeFull &&
      full.some((number) => number.endsWith(digits) || digits.endsWith(number))
    );
  };
}

function dialedIn(uri: string): string {
  const parsed = parseUri(uri);
  const written =
    parsed?.kind === 'sip' ? (parsed.user ?? '') : parsed?.kind === 'tel' ? parsed.number : '';
  return dialable(unescaped(written).replace(/;.*$/, ''));
}

/** Without punctuation, nor the # that a keypad ends with. */
const dialable = (number: string): string => number.replace(/[\s().-]|#$/g, '');

const digitsOf = (number: string): string => number.replace(/^\+/, '');

/** RFC 3261 §19.1.4: an escaped digit is the same digit. */
function unescaped(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
}
