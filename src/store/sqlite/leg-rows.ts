import {
  CALL_RESULTS,
  VERDICTS,
  type CallResult,
  type VerdictReason,
} from '../../domain/calls/verdict.js';
import { CONSENT_OUTCOMES, type ConsentOutcome } from '../../domain/consent/outcome.js';
import type {
  CallId,
  Direction,
  LegId,
  LegRecord,
  LegStatus,
} from '../../domain/records/leg-record.js';
import type { RecordingId } from '../../domain/recordings/recording-id.js';
import type { PartyRef, SessionId, TenantId } from '../../domain/sessions/session.js';
import type { LegUpdate } from '../../flows/ports/records.js';
import { Columns } from './columns.js';

/** Which column keeps which field, in the order of the table. */
export const LEG_COLUMNS = {
  legId: 'leg_id',
  callId: 'call_id',
  leg: 'leg',
  direction: 'direction',
  tenant: 'tenant',
  sessionId: 'session_id',
  trunk: 'trunk',
  partyRef: 'party_ref',
  proxyNumber: 'proxy_number',
  remoteCountry: 'remote_country',
  sipCallId: 'sip_call_id',
  startedAt: 'started_at',
  ringingAt: 'ringing_at',
  answeredAt: 'answered_at',
  endedAt: 'ended_at',
  status: 'status',
  endedBy: 'ended_by',
  sipStatus: 'sip_status',
  q850Cause: 'q850_cause',
  result: 'result',
  reason: 'reason',
  node: 'node',
  recordingId: 'recording_id',
  consentOutcome: 'consent_outcome',
} as const satisfies Record<keyof LegRecord, string>;

export const LEG_FIELDS = Object.keys(LEG_COLUMNS) as readonly (keyof LegRecord)[];

/** What may change while the leg lives. */
export const UPDATABLE: readonly (keyof LegUpdate)[] = [
  ...(['tenant', 'sessionId', 'trunk', 'partyRef', 'proxyNumber', 'remoteCountry'] as const),
  ...(['ringingAt', 'answeredAt', 'endedAt', 'status', 'endedBy'] as const),
  ...([
    'sipStatus',
    'q850Cause',
    'result',
    'reason',
    'consentOutcome',
    'recordingId',
    'sipCallId',
  ] as const),
];

const CONSENTS: ReadonlySet<ConsentOutcome> = new Set(CONSENT_OUTCOMES);
const LEGS = new Set(['a', 'b', 'ivr'] as const);
const DIRECTIONS: ReadonlySet<Direction> = new Set(['from_carrier', 'from_pbx', 'from_api']);
const STATUSES: ReadonlySet<LegStatus> = new Set([
  ...(['initiated', 'ringing', 'in-progress', 'completed'] as const),
  ...(['busy', 'failed', 'no-answer', 'canceled'] as const),
]);
const ENDERS = new Set(['caller', 'callee', 'system'] as const);
const REASONS = new Set(Object.keys(VERDICTS)) as ReadonlySet<VerdictReason>;
const RESULTS: ReadonlySet<CallResult> = new Set(CALL_RESULTS);

/** @throws StoreError when the row is not what was written. */
export function legFrom(row: unknown): LegRecord {
  const read = new Columns('leg_records', row);
  return {
    legId: read.id('leg_id', 'leg') as LegId,
    callId: read.id('call_id', 'call') as CallId,
    leg: read.oneOf('leg', LEGS),
    direction: read.oneOf('direction', DIRECTIONS),
    tenant: read.optionalText('tenant') as TenantId | undefined,
    sessionId: read.optionalId('session_id', 'sess') as SessionId | undefined,
    trunk: read.optionalText('trunk'),
    partyRef: read.optionalId('party_ref', 'pty') as PartyRef | undefined,
    proxyNumber: read.optionalDid('proxy_number'),
    remoteCountry: read.optionalText('remote_country'),
    sipCallId: read.text('sip_call_id'),
    ...progressFrom(read),
    consentOutcome: read.optionalOneOf('consent_outcome', CONSENTS),
    node: read.text('node'),
    recordingId: read.optionalId('recording_id', 'rec') as RecordingId | undefined,
  };
}

function progressFrom(
  read: Columns,
): Pick<
  LegRecord,
  | 'startedAt'
  | 'ringingAt'
  | 'answeredAt'
  | 'endedAt'
  | 'status'
  | 'endedBy'
  | 'sipStatus'
  | 'q850Cause'
  | 'result'
  | 'reason'
> {
  return {
    startedAt: read.instant('started_at'),
    ringingAt: read.optionalInstant('ringing_at'),
    answeredAt: read.optionalInstant('answered_at'),
    endedAt: read.optionalInstant('ended_at'),
    status: read.oneOf('status', STATUSES),
    endedBy: read.optionalOneOf('ended_by', ENDERS),
    sipStatus: read.optionalInteger('sip_status'),
    q850Cause: read.optionalInteger('q850_cause'),
    result: read.optionalOneOf('result', RESULTS),
    reason: read.optionalOneOf('reason', REASONS),
  };
}
