import { unmaskParty, type PartyAddress } from '../../numbers/party-address.js';
import { RealNumber } from '../../numbers/real-number.js';
import type { TextNeedle } from './text-needle.js';
import { isTrivial } from './trivial-words.js';

/** What to look for of the words by which a party or its leg is known: names, Call-IDs, tags. */

const SHORTEST_NAME = 3;
const SHORTEST_USER = 4;
const SHORTEST_TAG = 6;
// From here on a text is random enough to count even inside a longer token.
const LONG_TOKEN = 12;
const SHORTEST_CALL_ID = 8;

const VISIBLE_ASCII = /^[!-~]*$/;

/** NFKC, so that a full-width letter or digit is the letter or digit it looks like. */
export function plain(text: string): string {
  // Nearly every tag, host and Call-ID: nothing in it has another form.
  if (VISIBLE_ASCII.test(text)) return text.toLowerCase();
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** A SIP address and its user part; a number has neither. */
export function aorOf(party: PartyAddress): { user: string; aor: string } | undefined {
  if (party instanceof RealNumber) return undefined;
  const aor = unmaskParty(party).slice('sip:'.length);
  return { aor, user: aor.slice(0, aor.lastIndexOf('@')) };
}

/** A display name or user part may itself be or hold a number. */
export function numbersIn(text: string): string[] {
  return text.normalize('NFKC').match(/\+?\d[\d ().-]{5,30}\d/g) ?? [];
}

export function partyNeedles(party: PartyAddress): TextNeedle[] {
  const aor = aorOf(party);
  if (aor === undefined) return [];
  const whole: TextNeedle = {
    text: plain(aor.aor),
    kind: 'address',
    boundary: 'host',
    namesOnly: false,
  };
  const user = plain(aor.user);
  return user.length < SHORTEST_USER ? [whole] : [whole, ...nameNeedle(user)];
}

export function nameNeedle(name: string): TextNeedle[] {
  const text = plain(name.replace(/\\(.)/g, '$1').replace(/^"|"$/g, ''));
  if (text.length < SHORTEST_NAME || !/\p{L}/u.test(text) || isTrivial(text)) return [];
  return [{ text, kind: 'name', boundary: 'word', namesOnly: true }];
}

/** The whole Call-ID, and its part before the @, which is the random one. */
export function callIdNeedles(callId: string): TextNeedle[] {
  const text = plain(callId);
  return [...new Set([text, text.replace(/@.*$/, '')])]
    .filter((part) => part.length >= SHORTEST_CALL_ID && !isTrivial(part))
    .map((part) => ({ text: part, kind: 'call-id', boundary: boundaryOf(part), namesOnly: false }));
}

export function tagNeedle(tag: string): TextNeedle[] {
  const text = plain(tag);
  if (text.length < SHORTEST_TAG || isTrivial(text)) return [];
  return [{ text, kind: 'tag', boundary: boundaryOf(text), namesOnly: false }];
}

function boundaryOf(text: string): 'any' | 'token' {
  return text.length >= LONG_TOKEN ? 'any' : 'token';
}
