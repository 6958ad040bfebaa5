import type { LegRuling } from '../../domain/consent/decide.js';
import type { ConsentOutcome } from '../../domain/consent/outcome.js';
import type { CallId, LegRecord } from '../../domain/records/leg-record.js';
import type { TenantId } from '../../domain/sessions/session.js';
import type { Instant } from '../../domain/time.js';

/** What was asked of one party, by which rule, and what came of it. Nothing in it is personal. */
export interface ConsentDecision extends LegRuling {
  readonly at: Instant;
  readonly tenant: TenantId;
  readonly callId: CallId;
  readonly leg: LegRecord['leg'];
  readonly outcome: ConsentOutcome;
}

/** The evidence of consent: it grows, and nothing in it is ever changed. */
export interface ConsentLog {
  /**
   * Resolves when the decision is safe: no recording starts before that.
   * @throws StoreError
   */
  append(decision: ConsentDecision): Promise<void>;
  /** All decisions of a call, oldest first. */
  ofCall(tenant: TenantId, callId: CallId): Promise<readonly ConsentDecision[]>;
}
