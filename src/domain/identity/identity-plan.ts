import type { Did } from '../numbers/did.js';
import { writeNumber } from '../numbers/number-format.js';
import { unmaskParty, type PartyAddress } from '../numbers/party-address.js';
import { RealNumber } from '../numbers/real-number.js';
import { identityHeaders, ownHost } from './identity-headers.js';
import type { Trunk } from './trunk.js';

/** What a leg we place needs. Nothing of the other party can be passed in. */
export interface LegToPlan {
  readonly trunk: Trunk;
  /** The DID that this leg's party sees. */
  readonly shown: Did;
  /** The leg's own party: the one who is called. */
  readonly callee: PartyAddress;
  /** One of the trunk's targets: a SIP URI without a user part. */
  readonly target: string;
  readonly tokens: LegTokens;
  /** For this request: the received value less one, or 70 (RFC 3261 §16.6 step 3). */
  readonly maxForwards: number;
}

/** Random texts of one leg (Ids.random), unrelated to each other and to any other leg. */
export interface LegTokens {
  readonly callId: string;
  readonly contactUser: string;
}

export interface LegPlan {
  readonly requestUri: string;
  /** Every header field of the request that is ours to say, by its long name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly callId: string;
}

export interface AnswerToPlan {
  /** The trunk that the caller came from. */
  readonly trunk: Trunk;
  /** The DID that the caller dialed: the only connected identity they may see. */
  readonly shown: Did;
  readonly contactUser: string;
}

/** What we say of ourselves on every leg: fixed, so that it tells nothing of the other one. */
export const PRODUCT = 'Callveil';
export const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK';
export const SUPPORTED = 'timer';

/** The smallest session interval there is (RFC 4028 §5), in seconds. */
const MIN_SE = 90;

/**
 * The INVITE of a leg, built from nothing (rule R0 of sip-privacy §4.1). Tags, Via and CSeq are
 * the SIP engine's; it also puts our own address where `@localhost` stands.
 * @throws RangeError when `target` is no SIP URI without a user part: a configuration fault.
 */
export function planLeg(leg: LegToPlan): LegPlan {
  const { trunk, shown, tokens } = leg;
  const { scheme, host, rest } = readTarget(leg.target);
  const { user, domain } = calleeOf(leg.callee, trunk, host);
  return {
    requestUri: `${scheme}:${user}@${rest}`,
    callId: tokens.callId,
    headers: {
      To: `<${scheme}:${user}@${domain}>`,
      ...identityHeaders(trunk, shown, host),
      'Call-ID': tokens.callId,
      ...ownFields(tokens.contactUser),
      'Max-Forwards': String(leg.maxForwards),
      'User-Agent': PRODUCT,
      ...sessionTimer(trunk),
    },
  };
}

/** The header fields of our 18x and 2xx answers on the caller's leg. */
export function planAnswer(answer: AnswerToPlan): Readonly<Record<string, string>> {
  const { trunk, shown, contactUser } = answer;
  // The connected identity (RFC 3325 §9.1) is that of the DID that was dialed. A caller who
  // trusts us to assert one is told so; From and To of an answer are the caller's own.
  const connected = trunk.identity.headers.includes('pai')
    ? {
        'P-Asserted-Identity': `<sip:${writeNumber(shown, trunk.identity.numberFormat, trunk.country)}@${ownHost(trunk)}>`,
      }
    : {};
  const { Contact, Allow, Supported } = ownFields(contactUser);
  return { Contact, Allow, Supported, ...connected, Server: PRODUCT };
}

function ownFields(contactUser: string): Record<'Contact' | 'Allow' | 'Supported', string> {
  return {
    // Requests of the peer must come to this very host, so no profile domain here.
    Contact: `<sip:${contactUser}@localhost>`,
    Allow: ALLOW,
    Supported: SUPPORTED,
  };
}

function sessionTimer(trunk: Trunk): Record<string, string> {
  if (trunk.sessionExpires === undefined) return {};
  const interval = Math.max(MIN_SE, Math.round(trunk.sessionExpires / 1000));
  return { 'Session-Expires': `${interval};refresher=uac`, 'Min-SE': String(MIN_SE) };
}

function readTarget(target: string): { scheme: string; host: string; rest: string } {
  const [, scheme, rest, host] =
    /^(sips?):((\[[^\]\s@]+\]|[^\s@:;?<>[\]]+)[^\s@<>]*)$/.exec(target) ?? [];
  if (scheme === undefined || rest === undefined || host === undefined) {
    throw new RangeError('a target is a SIP URI without a user part, such as sip:sbc.example');
  }
  return { scheme, host, rest };
}

/** User part of the callee, and the host it belongs to in To. */
function calleeOf(
  callee: PartyAddress,
  trunk: Trunk,
  host: string,
): { user: string; domain: string } {
  if (callee instanceof RealNumber) {
    const user = writeNumber(callee, trunk.identity.numberFormat, trunk.country);
    return { user, domain: host };
  }
  const aor = unmaskParty(callee).slice('sip:'.length);
  const at = aor.lastIndexOf('@');
  return { user: aor.slice(0, at), domain: aor.slice(at + 1) };
}
