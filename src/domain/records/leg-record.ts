import type { ConsentOutcome } from '../consent/outcome.js';
import type { CallResult, VerdictReason } from '../calls/verdict.js';
import { spellsParty } from '../identity/spells-party.js';
import type { Did } from '../numbers/did.js';
import type { PartyAddress } from '../numbers/party-address.js';
import type { RecordingId } from '../recordings/recording-id.js';
import type { PartyRef, SessionId, TenantId } from '../sessions/session.js';
import type { Instant } from '../time.js';

export type CallId = string & { readonly brand: 'CallId' };
export type LegId = string & { readonly brand: 'LegId' };

/** Who began the call; `from_api`: we did, because the API was asked to. */
export type Direction = 'from_carrier' | 'from_pbx' | 'from_api';

/** Twilio's words for how a call stands or ended. */
export type LegStatus =
  | 'initiated'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'failed'
  | 'no-answer'
  | 'canceled';

/**
 * The record of one leg, first written when the leg starts and completed once when it ends.
 * It never holds a real number: `partyRef` is a vault reference, shown numbers are DIDs.
 */
export interface LegRecord {
  readonly legId: LegId;
  readonly callId: CallId;
  /**
   * A is the leg of the caller, or of whom we called first; B the callee's; ivr is what the caller
   * spent with our own voice.
   */
  readonly leg: 'a' | 'b' | 'ivr';
  readonly direction: Direction;
  readonly tenant: TenantId | undefined;
  readonly sessionId: SessionId | undefined;
  readonly trunk: string | undefined;
  readonly partyRef: PartyRef | undefined;
  /** The DID that this leg's party saw (B leg) or dialed (A leg). */
  readonly proxyNumber: Did | undefined;
  /** ISO 3166 alpha-2 country of this leg's party, when it is a number. */
  readonly remoteCountry: string | undefined;
  /** Without digit runs that could be a number: see shownCallId. */
  readonly sipCallId: string;
  readonly startedAt: Instant;
  readonly ringingAt: Instant | undefined;
  readonly answeredAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  /** How it ended with this party when it was asked about recording; undefined: it was not. */
  readonly consentOutcome: ConsentOutcome | undefined;
  readonly status: LegStatus;
  readonly endedBy: 'caller' | 'callee' | 'system' | undefined;
  readonly sipStatus: number | undefined;
  readonly q850Cause: number | undefined;
  readonly result: CallResult | undefined;
  readonly reason: VerdictReason | undefined;
  readonly node: string;
  /** The newest recording in which this leg is heard. */
  readonly recordingId: RecordingId | undefined;
}

/** Whole seconds that are billed: answered time, started seconds counting in full. */
export function billableSeconds(leg: Pick<LegRecord, 'answeredAt' | 'endedAt'>): number {
  if (leg.answeredAt === undefined || leg.endedAt === undefined) return 0;
  return Math.max(0, Math.ceil((leg.endedAt - leg.answeredAt) / 1000));
}

/**
 * A SIP Call-ID as records may keep it. Some phones make theirs of their own number (RFC 3261 §20.8
 * warns of the host part only), so a run of digits as long as a number is replaced, and all of it
 * when it spells one of the `parties` in a form that only who knows them can tell from chance.
 */
export function shownCallId(callId: string, parties: readonly PartyAddress[]): string {
  const shown = callId.replace(/(?<![0-9A-Za-z])\+?\d{7,}(?![0-9A-Za-z])/g, MASK);
  return spellsParty(shown, parties) ? MASK : shown;
}

const MASK = '[masked]';
