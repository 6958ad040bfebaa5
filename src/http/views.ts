import { billableSeconds, type LegRecord } from '../domain/records/leg-record.js';
import type { Participant, Session } from '../domain/sessions/session.js';
import { between, toRfc3339, type Instant } from '../domain/time.js';
import type { CallSummary } from '../flows/ports/records.js';
import type { OpenedSession } from '../flows/open-session.js';
import type { CallView, LegView, OpenedSessionView, SessionView } from './schemas.js';

/** What the API shows of a session: partial masks and pseudonyms, never the keyed hash. */
export function sessionView(session: Session): SessionView {
  return {
    id: session.id,
    kind: session.kind,
    status: session.status,
    reference: session.reference ?? null,
    created_at: toRfc3339(session.createdAt),
    expires_at: time(session.expiresAt),
    closed_at: time(session.closedAt),
    participants: session.participants.map(participantView),
  };
}

/** With the PINs, which nobody can be told again. */
export function openedSessionView({ session, pins }: OpenedSession): OpenedSessionView {
  const view = sessionView(session);
  return {
    ...view,
    participants: view.participants.map((one, at) => {
      const pin = pins[at];
      return pin === undefined ? one : { ...one, pin };
    }),
  };
}

function participantView(participant: Participant): SessionView['participants'][number] {
  return {
    id: participant.id,
    reference: participant.reference ?? null,
    address: participant.partialMask,
    reached_by: participant.reachedBy,
    proxy_number: participant.proxyNumber,
    party_ref: participant.partyRef,
  };
}

export function legView(leg: LegRecord): LegView {
  return {
    leg_id: leg.legId,
    call_id: leg.callId,
    leg: leg.leg,
    direction: leg.direction,
    session_id: leg.sessionId ?? null,
    trunk: leg.trunk ?? null,
    party_ref: leg.partyRef ?? null,
    proxy_number: leg.proxyNumber ?? null,
    remote_country: leg.remoteCountry ?? null,
    sip_call_id: leg.sipCallId,
    ...legTimes(leg),
    ...legEnding(leg),
    recording_id: leg.recordingId ?? null,
    consent_outcome: leg.consentOutcome ?? null,
    node: leg.node,
  };
}

type Times =
  'started_at' | 'ringing_at' | 'answered_at' | 'ended_at' | 'duration_ms' | 'billable_seconds';

function legTimes(leg: LegRecord): Pick<LegView, Times> {
  return {
    started_at: toRfc3339(leg.startedAt),
    ringing_at: time(leg.ringingAt),
    answered_at: time(leg.answeredAt),
    ended_at: time(leg.endedAt),
    duration_ms: leg.endedAt === undefined ? null : between(leg.startedAt, leg.endedAt),
    billable_seconds: billableSeconds(leg),
  };
}

type Ending = 'status' | 'ended_by' | 'sip_status' | 'q850_cause' | 'result' | 'reason';

function legEnding(leg: LegRecord): Pick<LegView, Ending> {
  return {
    status: leg.status,
    ended_by: leg.endedBy ?? null,
    sip_status: leg.sipStatus ?? null,
    q850_cause: leg.q850Cause ?? null,
    result: leg.result ?? null,
    reason: leg.reason ?? null,
  };
}

/** A call as its caller lived it: the A leg's times and ending. */
export function callView({ callId, legs }: CallSummary): CallView | undefined {
  const own = legs.find((leg) => leg.leg === 'a') ?? legs[0];
  if (own === undefined) return undefined;
  const { started_at, answered_at, ended_at } = legTimes(own);
  const { status, result, reason } = legEnding(own);
  const session = legs.find((leg) => leg.sessionId !== undefined)?.sessionId;
  return {
    id: callId,
    session_id: session ?? null,
    direction: own.direction,
    status,
    started_at,
    answered_at,
    ended_at,
    result,
    reason,
    legs: legs.map(legView),
  };
}

const time = (at: Instant | undefined): string | null => (at === undefined ? null : toRfc3339(at));
