import type { Dialed } from '../../domain/numbers/dialed.js';
import type { PartyAddress } from '../../domain/numbers/party-address.js';
import type { Dtmf } from '../../domain/identity/dtmf.js';
import type { CallerLocation, LocationByValue } from '../../domain/identity/emergency-plan.js';
import type { LegPlan } from '../../domain/identity/identity-plan.js';
import type { Did } from '../../domain/numbers/did.js';
import type { DigestCredentials, Trunk } from '../../domain/identity/trunk.js';
import type { Verdict } from '../../domain/calls/verdict.js';

/**
 * What the SIP edge read from an INVITE that a trunk brought. Parsed values only: whatever is not
 * here cannot reach the other leg.
 */
export interface Arrival {
  readonly trunk: Trunk;
  /** Call-ID of the caller's leg; for the record, never for the other side. */
  readonly sipCallId: string;
  readonly dialed: Dialed;
  /** Who the trunk says is calling, best evidence first; empty when the caller ID is withheld. */
  readonly callers: readonly PartyAddress[];
  /** The caller's SDP, or undefined when the offer is delayed to our 200 (RFC 3264 §5). */
  readonly offer: string | undefined;
  /** A body that is not SDP came with the INVITE. */
  readonly foreignBody: boolean;
  /** There is no Contact to answer to, or Max-Forwards is no number. */
  readonly malformed: boolean;
  /** Max-Forwards as it may be passed on; below 0 the call has gone round too often. */
  readonly hopsLeft: number;
  /** Option tags in Require (RFC 3261 §20.32). */
  readonly required: readonly string[];
  /** Our own address towards the caller, for the origin line of our session descriptions. */
  readonly ownAddress: string;
  /** Where the caller is; for the emergency trunk only. */
  readonly location: CallerLocation;
  /** Session-Expires in seconds, when the caller asks for a session timer (RFC 4028). */
  readonly sessionExpires: number | undefined;
}

/** What the flow may add to a refusal; everything else comes from the verdict. */
export interface RefusalDetail {
  /** The option tags that we do not know, for 420. */
  readonly unsupported?: readonly string[];
  /** Seconds, for 422. */
  readonly minSessionExpires?: number;
}

/** Everything that is known of one side and that the other side must never see. */
export interface SecretsOfCall {
  readonly caller: readonly PartyAddress[];
  readonly callee: PartyAddress;
  /** The caller dialed the callee's own number, so it is no secret from the caller. */
  readonly calleeKnownToCaller: boolean;
  /** The DIDs of this call: they may be seen by everyone. */
  readonly dids: readonly Did[];
  /** The trunk of each leg: its hosts and the names that we show there are no secret on it. */
  readonly trunks: Readonly<Record<'caller' | 'callee', Trunk>>;
  /** Media addresses pass in SDP, because both trunks' policy says so. */
  readonly directMedia: boolean;
}

/** Answers one request of the peer within a dialog, exactly once. */
export interface Reply {
  /**
   * Aborted when the peer has given its re-INVITE up by CANCEL; the engine has answered that and
   * the re-INVITE (RFC 3261 §9.2), and whatever is replied from then on is not sent.
   */
  readonly cancelled: AbortSignal;
  /** Resolves with whether the peer got it: it may have given up, or it could not be sent. */
  accept(sdp?: string): Promise<boolean>;
  /** Refuses with a status and our own phrase for it. */
  refuse(status: number): void;
}

/** What the far end of a leg may do once its dialog exists. */
export interface LegListener {
  hungUp(verdict: Verdict): void;
  /** Re-INVITE; without SDP the peer wants an offer from us. */
  reinvited(offer: string | undefined, reply: Reply): void;
  /** UPDATE (RFC 3311); without SDP it is a session refresh. */
  updated(offer: string | undefined, reply: Reply): void;
  dtmf(digit: Dtmf, reply: Reply): void;
  /** ACK of our 200; with SDP when it answers a delayed offer. */
  acknowledged(answer: string | undefined): void;
}

/** The peer's answer to our re-INVITE. */
export interface Reinvited {
  /** Undefined when the peer took our offer and answered it with nothing. */
  readonly sdp: string | undefined;
  /** Given when we sent no offer: `sdp` is the peer's, and this ACK carries our answer. */
  readonly acknowledge: ((answer: string) => void) | undefined;
}

/** One established dialog with one party. */
export interface Leg {
  readonly sipCallId: string;
  /** The peer lists UPDATE in Allow; otherwise a re-INVITE must serve. */
  readonly allowsUpdate: boolean;
  /** ACKs the callee's 200 with our answer; only where we sent no offer. */
  acknowledge(answer: string): void;
  /**
   * @param givenUp cancels the re-INVITE; a 2xx may still overtake the CANCEL.
   * @throws RenegotiationFailed with the peer's status.
   */
  reinvite(offer: string | undefined, givenUp?: AbortSignal): Promise<Reinvited>;
  /** @throws RenegotiationFailed with the peer's status. */
  update(offer: string | undefined): Promise<string | undefined>;
  sendDtmf(digit: Dtmf): Promise<void>;
  /** BYE with the verdict's Q.850 cause. Never fails: a leg that is gone is gone. */
  hangUp(verdict: Verdict): void;
}

/** The peer refused to change the session; the call goes on as it was. */
export class RenegotiationFailed extends Error {
  override readonly name = 'RenegotiationFailed';

  constructor(readonly status: number) {
    super(`the peer answered ${status}`);
  }
}

/** An INVITE to be sent. */
export interface Dialing {
  /** Whose side of the call it is: what the other side is, its messages may not say. */
  readonly towards: 'caller' | 'callee';
  readonly plan: LegPlan;
  /** Undefined: the callee is asked for an offer. */
  readonly offer: string | undefined;
  /** Goes with the offer to the emergency trunk; never on a masked leg. */
  readonly location: LocationByValue | undefined;
  /** What we answer when the peer challenges us. */
  readonly credentials: DigestCredentials | undefined;
}

/** What can become of an INVITE of ours. Silent after `cancel`, and after the leg has failed. */
export interface DialListener {
  /** A provisional response; 100 is not among them. */
  progressed(status: number, earlyMedia: string | undefined): void;
  answered(leg: Leg, sdp: string | undefined): void;
  /** `status` is the peer's own, for the record; undefined when it never answered. */
  failed(verdict: Verdict, status: number | undefined): void;
}

/** A leg of ours that is not answered yet. */
export interface OutgoingLeg {
  /** CANCEL and forget: an answer that comes too late is acknowledged and hung up. */
  cancel(verdict: Verdict): void;
}

/** The events of one call at the SIP edge that can come at any time. */
export interface SipCallListener {
  cancelled(): void;
  /** The guard stopped a message of this call; the call must end now. */
  leaked(): void;
}

/** One call at the SIP edge: the leg that came in, and the legs made for it. */
export interface SipCall {
  readonly arrival: Arrival;
  /** Aborted as soon as the caller cancels, before anything else is done about it. */
  readonly cancelled: AbortSignal;
  listen(listener: SipCallListener): void;
  /** From here on no message to either side may carry what is known of the other. */
  mask(secrets: SecretsOfCall): void;
  /** The header fields of our own that every answer to the caller carries from here on. */
  present(headers: Readonly<Record<string, string>>): void;
  /** 180, or 183 with early media. */
  ring(status: 180 | 183, earlyMedia: string | undefined): void;
  /** @throws CallRefused when the caller is gone. */
  answer(sdp: string, listener: LegListener): Promise<Leg>;
  refuse(verdict: Verdict, detail?: RefusalDetail): void;
  dial(dialing: Dialing, listener: DialListener, legListener: LegListener): OutgoingLeg;
  /** Nothing of this call is left: the guard may forget its secrets. */
  release(): void;
}

/** A call of our own, before anybody has been called. Its caller is whoever is called first. */
export interface FirstParty {
  /** The trunk on which it is reached. */
  readonly trunk: Trunk;
  readonly address: PartyAddress;
}

export interface SipOrigin {
  /** @throws CallRefused (sip-engine-lost) when there is no engine to call through. */
  originate(first: FirstParty): SipCall;
}
