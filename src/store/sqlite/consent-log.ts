import type Database from 'better-sqlite3';
import { CONSENT_OUTCOMES, type ConsentOutcome } from '../../domain/consent/outcome.js';
import {
  CONSENT_MODES,
  MEASURES,
  type ConsentMode,
  type ConsentRole,
  type Measure,
} from '../../domain/consent/policy.js';
import { region } from '../../domain/consent/region.js';
import type { CallId, LegRecord } from '../../domain/records/leg-record.js';
import type { TenantId } from '../../domain/sessions/session.js';
import type { ConsentDecision, ConsentLog } from '../../flows/ports/consent-log.js';
import { Columns } from './columns.js';
import { attempt } from './errors.js';
import type { GroupCommit } from './group-commit.js';

const FIELDS = [
  ...(['at', 'tenant', 'callId', 'leg', 'role'] as const),
  ...(['region', 'rule', 'mode', 'measure', 'outcome'] as const),
] satisfies readonly (keyof ConsentDecision)[];

/** The fixed statements; their plans are held by a test. */
export const CONSENT_SQL = {
  append: `INSERT INTO consent_decisions
      (at, tenant, call_id, leg, role, region, rule, mode, measure, outcome)
    VALUES (${FIELDS.map(() => '?').join(', ')})`,
  ofCall: `SELECT * FROM consent_decisions WHERE tenant = ? AND call_id = ? ORDER BY seq`,
} as const;

export function sqliteConsentLog(db: Database.Database, group: GroupCommit): ConsentLog {
  const insert = db.prepare(CONSENT_SQL.append);
  const ofCall = db.prepare(CONSENT_SQL.ofCall);
  return {
    append: (decision) =>
      new Promise((done, failed) => {
        const values = FIELDS.map((field) => decision[field]);
        const doing = 'append consent decision';
        group.put({ doing, run: () => insert.run(values), done, failed });
        // A recording waits for it.
        group.hurry();
      }),
    ofCall: (tenant, callId) => {
      group.flush();
      return attempt('read consent decisions', () => ofCall.all(tenant, callId).map(decisionFrom));
    },
  };
}

const LEGS: ReadonlySet<LegRecord['leg']> = new Set(['a', 'b']);
const ROLES: ReadonlySet<ConsentRole> = new Set(['customer', 'agent']);
const MODES: ReadonlySet<ConsentMode> = new Set(CONSENT_MODES);
const ASKED: ReadonlySet<Measure> = new Set(MEASURES);
const OUTCOMES: ReadonlySet<ConsentOutcome> = new Set(CONSENT_OUTCOMES);

/** @throws StoreError when the row is not what was written. */
function decisionFrom(row: unknown): ConsentDecision {
  const read = new Columns('consent_decisions', row);
  return {
    at: read.instant('at'),
    tenant: read.text('tenant') as TenantId,
    callId: read.id('call_id', 'call') as CallId,
    leg: read.oneOf('leg', LEGS),
    role: read.oneOf('role', ROLES),
    region: region(read.text('region')),
    rule: region(read.text('rule')),
    mode: read.oneOf('mode', MODES),
    measure: read.oneOf('measure', ASKED),
    outcome: read.oneOf('outcome', OUTCOMES),
  };
}
