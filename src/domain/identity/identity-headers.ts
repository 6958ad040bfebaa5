import type { Did } from '../numbers/did.js';
import { writeNumber } from '../numbers/number-format.js';
import type { IdentityProfile, Trunk } from './trunk.js';

/**
 * The header fields that say who calls, as one peer wants them (rule R3 of sip-privacy §4.1).
 * Whatever the profile, the only value in any of them is the DID.
 * @param peerHost host of the target; Remote-Party-ID names it where the profile has no domain,
 * because the SIP engine does not put our own address there.
 */
export function identityHeaders(
  trunk: Trunk,
  shown: Did,
  peerHost: string,
): Record<string, string> {
  const profile = trunk.identity;
  const number = writeNumber(shown, profile.numberFormat, trunk.country);
  const name = displayName(profile);
  const uri = `${name}<sip:${number}@${ownHost(trunk)}>`;
  const headers: Record<string, string> = {
    From: profile.headers.includes('from') ? uri : ANONYMOUS,
  };
  if (profile.headers.includes('pai')) headers['P-Asserted-Identity'] = uri;
  if (profile.headers.includes('ppi')) headers['P-Preferred-Identity'] = uri;
  if (profile.headers.includes('rpid')) {
    const domain = profile.domain ?? peerHost;
    headers['Remote-Party-ID'] =
      `${name}<sip:${number}@${domain}>;${remotePartyParameters(profile)}`;
  }
  if (profile.privacy !== undefined) headers.Privacy = profile.privacy;
  return headers;
}

/** RFC 3323 §4.1.1.3. */
const ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>';

/** Host of the URIs that speak for us; the SIP engine puts our address where `localhost` stands. */
export function ownHost(trunk: Trunk): string {
  return trunk.identity.domain ?? 'localhost';
}

function remotePartyParameters({ privacy }: IdentityProfile): string {
  return `party=calling;screen=yes;privacy=${privacy === undefined ? 'off' : 'full'}`;
}

/** A quoted string (RFC 3261 §25.1) and a space, or nothing. */
function displayName({ displayName }: IdentityProfile): string {
  // A control in configuration must not end a line.
  const text = displayName?.replace(/[\u0000-\u001f\u007f]/g, '').replace(/["\\]/g, '\\$&') ?? '';
  return text === '' ? '' : `"${text}" `;
}
