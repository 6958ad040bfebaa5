import type { Dialed } from '../numbers/dialed.js';
import { generalEmergencyNumber } from '../numbers/emergency.js';
import { writeNumber } from '../numbers/number-format.js';
import { unmaskParty, type PartyAddress } from '../numbers/party-address.js';
import { RealNumber } from '../numbers/real-number.js';
import { ownHost } from './identity-headers.js';
import type { Trunk } from './trunk.js';
import { ALLOW, PRODUCT, SUPPORTED, type LegPlan, type LegTokens } from './identity-plan.js';

/** A PIDF-LO document (RFC 4119) that came with the call; Geolocation names it by its Content-ID. */
export interface LocationByValue {
  readonly contentId: string | undefined;
  readonly pidf: string;
}

/** Where the caller is, as its device or network said (RFC 6442, RFC 7315): kept on this path only. */
export interface CallerLocation {
  readonly byValue: LocationByValue | undefined;
  readonly geolocation: string | undefined;
  readonly geolocationRouting: string | undefined;
  readonly accessNetwork: string | undefined;
}

export interface EmergencyLegToPlan {
  readonly trunk: Trunk;
  /** A SIP URI without a user part. */
  readonly target: string;
  readonly dialed: Dialed;
  readonly caller: PartyAddress | undefined;
  readonly location: CallerLocation;
  readonly tokens: LegTokens;
  readonly maxForwards: number;
}

/**
 * The INVITE to the emergency trunk. The one leg that is not masked: the call centre must be able
 * to call back and to find the caller (RFC 6881 §9.2), so identity and location go as they came.
 */
export function planEmergencyLeg(leg: EmergencyLegToPlan): LegPlan {
  const caller =
    leg.caller === undefined
      ? '<sip:anonymous@anonymous.invalid>'
      : `<${uriOf(leg.caller, leg.trunk)}>`;
  const requestUri = requestUriOf(leg.dialed, leg.target, leg.trunk);
  const { geolocation, geolocationRouting, accessNetwork } = leg.location;
  return {
    requestUri,
    callId: leg.tokens.callId,
    headers: {
      From: caller,
      To: `<${serviceUri(leg.dialed) ?? requestUri}>`,
      Contact: `<sip:${leg.tokens.contactUser}@localhost>`,
      'Call-ID': leg.tokens.callId,
      'Max-Forwards': String(leg.maxForwards),
      ...(leg.caller && { 'P-Asserted-Identity': caller }),
      ...(geolocation !== undefined && { Geolocation: geolocation }),
      ...(geolocationRouting !== undefined && { 'Geolocation-Routing': geolocationRouting }),
      ...(accessNetwork !== undefined && { 'P-Access-Network-Info': accessNetwork }),
      Priority: 'emergency',
      Allow: ALLOW,
      Supported: SUPPORTED,
      'User-Agent': PRODUCT,
    },
  };
}

/** The number as the trunk writes numbers: one that it cannot read is no way to call back. */
function uriOf(party: PartyAddress, trunk: Trunk): string {
  if (!(party instanceof RealNumber)) return unmaskParty(party);
  const number = writeNumber(party, trunk.identity.numberFormat, trunk.country);
  return `sip:${number}@${ownHost(trunk)};user=phone`;
}

/**
 * Digits cannot say that fire is what burns; the To can, and no gateway looks at it (RFC 6881
 * §9.2 has a service URN there).
 */
function serviceUri(dialed: Dialed): string | undefined {
  return dialed.kind === 'emergency-service' ? `urn:service:${dialed.service}` : undefined;
}

function requestUriOf(dialed: Dialed, target: string, trunk: Trunk): string {
  const [scheme = 'sip', ...rest] = target.split(':');
  return `${scheme}:${numberOf(dialed, trunk)}@${rest.join(':')}`;
}

function numberOf(dialed: Dialed, trunk: Trunk): string {
  if (dialed.kind === 'number') {
    return writeNumber(dialed.number, trunk.identity.numberFormat, trunk.country);
  }
  // An emergency number has no E.164 form. What a keypad adds, as in `911#`, is no part of it, and
  // would not be a user part of a URI (RFC 3261 §25.1).
  if (dialed.kind === 'text') return dialed.user.replace(/[^\d+]/g, '');
  // A service URN has no host to send to, and gateways to the telephone network want digits.
  return generalEmergencyNumber(trunk.country);
}
