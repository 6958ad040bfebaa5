import type { SipRequest } from '../message/sip-message.js';
import { parseUri } from '../message/uri.js';

/** Emergency numbers have at most five digits with what callers key on after them, such as 91112. */
const longestShortCode = 5;
/** `+1911`, `+44999`: a short code behind a country code, as some gateways write it. */
const longestWithCountryCode = 9;
/** A number an operator lists is the same with and without its country code or trunk prefix. */
const shortestListed = 6;

/** What is kept free above each bound for calls for help and calls in progress, as a share of it. */
export const reservedShare = 0.1;

/** Whether a request may be a call for help. */
export type MayBeUrgent = (request: SipRequest) => boolean;

/**
 * Recognises what may be an emergency call: `urn:service:sos` (RFC 5031), any short code, and the
 * numbers given. Which short codes are emergency numbers depends on the country of the caller, which
 * only the application can tell; to let one ordinary call too many in is a nuisance, to refuse an
 * emergency call is not.
 */
export function urgencyTest(numbers: readonly string[]): MayBeUrgent {
  const listed = numbers.map((number) => number.replace(/\D/g, ''));
  const isListed = (digits: string): boolean =>
    listed.some(
      (number) =>
        number === digits ||
        (Math.min(number.length, digits.length) >= shortestListed &&
          (number.endsWith(digits) || digits.endsWith(number))),
    );
  return ({ uri }) => {
    if (/^urn:service:sos(?:$|[.;?#])/i.test(uri)) return true;
    const { digits, plus } = dialed(uri);
    if (digits === '') return false;
    return digits.length <= (plus ? longestWithCountryCode : longestShortCode) || isListed(digits);
  };
}

/** What was dialed, without punctuation; nothing when it is more than a number. */
function dialed(uri: string): { digits: string; plus: boolean } {
  const parsed = parseUri(uri);
  const written =
    parsed?.kind === 'sip' ? (parsed.user ?? '') : parsed?.kind === 'tel' ? parsed.number : '';
  const text = unescaped(written)
    .replace(/;.*$/, '')
    .replace(/[\s().-]|#$/g, '');
  const digits = text.replace(/^\+/, '');
  return /^\d+$/.test(digits) ? { digits, plus: text !== digits } : { digits: '', plus: false };
}

/** RFC 3261 §19.1.4: an escaped digit is the same digit. */
function unescaped(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
}
