import type { CallId, LegId, LegRecord } from '../../domain/records/leg-record.js';
import type { VerdictReason } from '../../domain/calls/verdict.js';
import type { SessionId, TenantId } from '../../domain/sessions/session.js';
import type { Instant } from '../../domain/time.js';

/** What can change on a record while its leg lives, and how it ends. */
export type LegUpdate = Partial<
  Pick<
    LegRecord,
    | 'tenant'
    | 'sessionId'
    | 'partyRef'
    | 'proxyNumber'
    | 'remoteCountry'
    | 'trunk'
    | 'sipCallId'
    | 'ringingAt'
    | 'answeredAt'
    | 'endedAt'
    | 'consentOutcome'
    | 'status'
    | 'endedBy'
    | 'sipStatus'
    | 'q850Cause'
    | 'result'
    | 'reason'
    | 'recordingId'
  >
>;

/** One call with its legs, newest leg last. */
export interface CallSummary {
  readonly callId: CallId;
  readonly legs: readonly LegRecord[];
}

export interface CallFilter {
  readonly tenant: TenantId;
  readonly sessionId?: SessionId;
  /** Calls strictly older than this id. */
  readonly before?: CallId;
  /** 1 to 100. */
  readonly limit: number;
}

/** CDRs, one per leg: a draft when the leg starts, completed once when it ends. */
export interface LegRecords {
  start(leg: LegRecord): Promise<void>;
  update(legId: LegId, change: LegUpdate): Promise<void>;
  /** Completes the record. A record that has ended is never changed again. */
  end(legId: LegId, change: LegUpdate & { readonly endedAt: Instant }): Promise<void>;
  list(filter: CallFilter): Promise<readonly CallSummary[]>;
  legsOf(tenant: TenantId, callId: CallId): Promise<readonly LegRecord[]>;
  /** After a crash: ends every draft that this node left behind, with `reason`; answers how many. */
  endAbandoned(node: string, reason: VerdictReason, at: Instant): Promise<number>;
  /** Drafts of legs that are live now. */
  countOpen(): Promise<number>;
}
