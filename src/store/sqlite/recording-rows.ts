import { CONSENT_OUTCOMES, type ConsentOutcome } from '../../domain/consent/outcome.js';
import { isE164, type Did } from '../../domain/numbers/did.js';
import type { CallId } from '../../domain/records/leg-record.js';
import type {
  Recording,
  RecordingReason,
  RecordingStarter,
  RecordingStatus,
} from '../../domain/recordings/recording.js';
import type { RecordingId } from '../../domain/recordings/recording-id.js';
import type { SessionId, TenantId } from '../../domain/sessions/session.js';
import { millis } from '../../domain/time.js';
import { Columns } from './columns.js';

const STATUSES: ReadonlySet<RecordingStatus> = new Set([
  ...(['recording', 'paused', 'processing', 'available', 'failed', 'deleted'] as const),
]);
const STARTERS: ReadonlySet<RecordingStarter> = new Set(['policy', 'api', 'digits']);
const REASONS: ReadonlySet<RecordingReason> = new Set([
  ...(['stopped', 'call-ended', 'max-duration', 'media-lost', 'not-growing', 'crash'] as const),
  ...(['not-started', 'no-audio', 'unreadable'] as const),
]);
const OUTCOMES: ReadonlySet<ConsentOutcome> = new Set(CONSENT_OUTCOMES);

/** The columns in the order of the table. */
export const RECORDING_COLUMNS = [
  ...['id', 'tenant', 'call_id', 'session_id', 'case_reference', 'agent_reference', 'dids', 'tags'],
  ...['consent_a', 'consent_b', 'started_by', 'status', 'reason', 'started_at', 'ended_at'],
  ...['duration_ms', 'size', 'node'],
] as const;

/** The values of RECORDING_COLUMNS. */
export function recordingValues(of: Recording): (string | number | null)[] {
  return [
    of.id,
    of.tenant,
    of.callId,
    of.sessionId ?? null,
    of.caseReference ?? null,
    of.agentReference ?? null,
    JSON.stringify(of.dids),
    JSON.stringify(of.tags),
    of.consent.a ?? null,
    of.consent.b ?? null,
    of.startedBy,
    of.status,
    of.reason ?? null,
    of.startedAt,
    of.endedAt ?? null,
    of.duration ?? null,
    of.size ?? null,
    of.node,
  ];
}

/** @throws StoreError when the row is not what was written. */
export function recordingFrom(row: unknown): Recording {
  const read = new Columns('recordings', row);
  const duration = read.optionalInteger('duration_ms');
  return {
    id: read.id('id', 'rec') as RecordingId,
    tenant: read.text('tenant') as TenantId,
    callId: read.id('call_id', 'call') as CallId,
    sessionId: read.optionalId('session_id', 'sess') as SessionId | undefined,
    caseReference: read.optionalText('case_reference'),
    agentReference: read.optionalText('agent_reference'),
    dids: read.texts('dids', isE164) as readonly Did[],
    tags: read.texts('tags', () => true),
    consent: {
      a: read.optionalOneOf('consent_a', OUTCOMES),
      b: read.optionalOneOf('consent_b', OUTCOMES),
    },
    startedBy: read.oneOf('started_by', STARTERS),
    status: read.oneOf('status', STATUSES),
    reason: read.optionalOneOf('reason', REASONS),
    startedAt: read.instant('started_at'),
    endedAt: read.optionalInstant('ended_at'),
    duration: duration === undefined ? undefined : millis(duration),
    size: read.optionalInteger('size'),
    node: read.text('node'),
  };
}
