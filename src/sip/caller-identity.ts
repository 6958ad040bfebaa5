import { readDialed } from '../domain/numbers/dialed.js';
import { SipAddress, type PartyAddress } from '../domain/numbers/party-address.js';
import type { CallerIdSource, Trunk } from '../domain/identity/trunk.js';
import { headerOf, type DrachtioMessage } from './drachtio.js';
import { readNameAddr, splitAtCommas } from './name-addr.js';

const FIELDS: Readonly<Record<CallerIdSource, readonly [string, string?]>> = {
  pai: ['p-asserted-identity'],
  ppi: ['p-preferred-identity'],
  rpid: ['remote-party-id'],
  from: ['from', 'f'],
};

/** User parts with which devices say that they do not say (RFC 3323 §4.1, RFC 3261 §8.1.1.3). */
const WITHHELD = /^(anonymous|unknown|unavailable|restricted|private|withheld)$/i;

/**
 * Who is calling, as far as the trunk's policy believes it: the addresses of the first configured
 * field that names anyone, best first. Empty when the caller ID is withheld.
 */
export function callersOf(msg: DrachtioMessage, trunk: Trunk): PartyAddress[] {
  for (const source of trunk.callerIdFrom) {
    const [name, compact] = FIELDS[source];
    const value = headerOf(msg, name, compact);
    if (value === undefined) continue;
    const found = splitAtCommas(value).flatMap((part) => partiesIn(part, trunk));
    if (found.length > 0) return dedupe(found);
  }
  return [];
}

/** An identity can be a number, an extension of the PBX, or both (an extension such as 4155550100). */
function partiesIn(nameAddr: string, trunk: Trunk): PartyAddress[] {
  const uri = readNameAddr(nameAddr)?.uri;
  if (uri === undefined) return [];
  const read = readDialed(uri, trunk.country, trunk.identity.numberFormat);
  const user = read.kind === 'text' ? read.user : userOf(uri);
  if (user !== undefined && WITHHELD.test(user)) return [];
  const parties: PartyAddress[] = read.kind === 'number' ? [read.number] : [];
  if (trunk.aorDomain === undefined || user === undefined) return parties;
  const aor = SipAddress.parse(`${user}@${trunk.aorDomain}`);
  return aor ? [aor, ...parties] : parties;
}

const userOf = (uri: string): string | undefined =>
  /^(?:sips?:)([^@;:?]+)(?:[;:][^@]*)?@/i.exec(uri)?.[1];

function dedupe(parties: readonly PartyAddress[]): PartyAddress[] {
  return parties.filter(
    (party, at) => parties.findIndex((earlier) => sameParty(earlier, party)) === at,
  );
}

function sameParty(a: PartyAddress, b: PartyAddress): boolean {
  if (a instanceof SipAddress) return b instanceof SipAddress && a.equals(b);
  return !(b instanceof SipAddress) && a.equals(b);
}
