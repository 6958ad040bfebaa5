import { inspect } from 'node:util';
import { unmaskParty, type PartyAddress } from '../../numbers/party-address.js';
import { RealNumber } from '../../numbers/real-number.js';
import { addressNeedles } from './address-needles.js';
import { NumberMemory } from './number-memory.js';
import { compileNumbers, type NumberNeedles } from './number-needles.js';
import type { LegPermitted, LegSecrets } from './secrets.js';
import { contains, type TextNeedle } from './text-needle.js';
import { isTrivial } from './trivial-words.js';

/** What the guard looks for on one leg. It holds real numbers, so it prints as nothing. */
export class Needles {
  constructor(
    readonly numbers: NumberNeedles,
    readonly texts: readonly TextNeedle[],
    readonly directMedia: boolean,
  ) {}

  toJSON(): string {
    return 'Needles';
  }

  [inspect.custom](): string {
    return 'Needles';
  }
}

const SHORTEST_NAME = 3;
const SHORTEST_USER = 4;
const SHORTEST_TAG = 6;
// From here on a text is random enough to count even inside a longer token.
const LONG_TOKEN = 12;
const SHORTEST_CALL_ID = 8;

/**
 * Compiles what must not leave on a leg: once per leg, and again when more is learnt.
 * @param memory the call's own, which has its numbers spelled already.
 */
export function compileNeedles(secrets: LegSecrets, memory = new NumberMemory()): Needles {
  const { parties, names, permitted } = secrets;
  const secretNumbers = [...numbersOf(parties), ...names.flatMap(numbersIn)];
  const permittedNumbers = [...numbersOf(permitted.parties), ...permitted.dids];
  const said = textsOf(permitted);
  const texts = [
    ...parties.flatMap(partyNeedles),
    ...names.flatMap(nameNeedle),
    ...addressNeedles(secrets.addresses, permitted.addresses),
    ...secrets.callIds.flatMap(callIdNeedles),
    ...secrets.tags.flatMap(tagNeedle),
  ].filter((needle) => !said.some((text) => contains(text, needle)));
  return new Needles(
    compileNumbers(secretNumbers, permittedNumbers, permitted.addresses, memory),
    distinct(texts),
    secrets.directMedia,
  );
}

/** Everything that this leg rightly says, in lower case, for needles that are part of it. */
function textsOf(permitted: LegPermitted): string[] {
  const aors = permitted.parties.map((party) => unmaskParty(party));
  const { names, addresses, callIds, tags } = permitted;
  return [...aors, ...names, ...addresses, ...callIds, ...tags].map(plain);
}

/** NFKC, so that a full-width letter or digit is the letter or digit it looks like. */
function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

function aorOf(party: PartyAddress): { user: string; aor: string } | undefined {
  if (party instanceof RealNumber) return undefined;
  const aor = unmaskParty(party).slice('sip:'.length);
  return { aor, user: aor.slice(0, aor.lastIndexOf('@')) };
}

/** Numbers as E.164, or as the bare digits of a SIP address's user part. */
function numbersOf(parties: readonly PartyAddress[]): string[] {
  return parties.flatMap((party) => {
    const aor = aorOf(party);
    return aor === undefined ? [unmaskParty(party).slice('tel:'.length)] : numbersIn(aor.user);
  });
}

/** A display name or user part may itself be or hold a number. */
function numbersIn(text: string): string[] {
  return text.normalize('NFKC').match(/\+?\d[\d ().-]{5,30}\d/g) ?? [];
}

function partyNeedles(party: PartyAddress): TextNeedle[] {
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

function nameNeedle(name: string): TextNeedle[] {
  const text = plain(name.replace(/\\(.)/g, '$1').replace(/^"|"$/g, ''));
  if (text.length < SHORTEST_NAME || !/\p{L}/u.test(text) || isTrivial(text)) return [];
  return [{ text, kind: 'name', boundary: 'word', namesOnly: true }];
}

/** The whole Call-ID, and its part before the @, which is the random one. */
function callIdNeedles(callId: string): TextNeedle[] {
  const text = plain(callId);
  return [...new Set([text, text.replace(/@.*$/, '')])]
    .filter((part) => part.length >= SHORTEST_CALL_ID && !isTrivial(part))
    .map((part) => ({ text: part, kind: 'call-id', boundary: boundaryOf(part), namesOnly: false }));
}

function tagNeedle(tag: string): TextNeedle[] {
  const text = plain(tag);
  if (text.length < SHORTEST_TAG || isTrivial(text)) return [];
  return [{ text, kind: 'tag', boundary: boundaryOf(text), namesOnly: false }];
}

function boundaryOf(text: string): 'any' | 'token' {
  return text.length >= LONG_TOKEN ? 'any' : 'token';
}

function distinct(needles: readonly TextNeedle[]): TextNeedle[] {
  return [...new Map(needles.map((needle) => [`${needle.kind} ${needle.text}`, needle])).values()];
}
