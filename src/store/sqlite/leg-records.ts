import type Database from 'better-sqlite3';
import { verdict } from '../../domain/calls/verdict.js';
import type { LegRecord } from '../../domain/records/leg-record.js';
import type { CallFilter, CallSummary, LegRecords } from '../../flows/ports/records.js';
import { Columns, NO_CURSOR } from './columns.js';
import { attempt } from './errors.js';
import type { GroupCommit } from './group-commit.js';
import { legFrom } from './leg-rows.js';
import { INSERT_LEG, legWriter } from './leg-writes.js';

const NEWEST_LAST = `ORDER BY call_id DESC, leg_id`;

/** The fixed statements; updates are made in leg-updates.ts. Their plans are held by a test. */
export const LEG_SQL = {
  insert: INSERT_LEG,
  legsOf: `SELECT * FROM leg_records WHERE tenant = ? AND call_id = ? ${NEWEST_LAST}`,
  page: `SELECT * FROM leg_records WHERE tenant = @tenant AND call_id IN (
      SELECT DISTINCT call_id FROM leg_records
      WHERE tenant = @tenant AND call_id < @before ORDER BY call_id DESC LIMIT @limit)
    ${NEWEST_LAST}`,
  pageBySession: `SELECT * FROM leg_records WHERE tenant = @tenant AND call_id IN (
      SELECT DISTINCT call_id FROM leg_records
      WHERE tenant = @tenant AND session_id = @sessionId AND call_id < @before
      ORDER BY call_id DESC LIMIT @limit)
    ${NEWEST_LAST}`,
  endAbandoned: `UPDATE leg_records SET ended_at = max(@at, started_at, coalesce(answered_at, 0)), ended_by = 'system',
      status = @status, q850_cause = @q850, result = @result, reason = @reason
    WHERE node = @node AND ended_at IS NULL`,
  countOpen: `SELECT count(*) AS open FROM leg_records WHERE ended_at IS NULL`,
} as const;

export function sqliteLegRecords(db: Database.Database, group: GroupCommit): LegRecords {
  const legsOf = db.prepare(LEG_SQL.legsOf);
  const page = db.prepare(LEG_SQL.page);
  const pageBySession = db.prepare(LEG_SQL.pageBySession);
  const endAbandoned = db.prepare(LEG_SQL.endAbandoned);
  const countOpen = db.prepare(LEG_SQL.countOpen);

  const pageOf = (filter: CallFilter): unknown[] => {
    const { tenant, sessionId, before = NO_CURSOR, limit } = filter;
    return sessionId === undefined
      ? page.all({ tenant, before, limit })
      : pageBySession.all({ tenant, sessionId, before, limit });
  };

  /** What was written is seen, though it may not be committed yet. */
  const seeing = <T>(doing: string, run: () => T): Promise<T> => {
    group.flush();
    return attempt(doing, run);
  };

  return {
    ...legWriter(db, group),
    list: (filter) => seeing('list calls', () => callsOf(pageOf(filter).map(legFrom))),
    legsOf: (tenant, callId) => seeing('read legs', () => legsOf.all(tenant, callId).map(legFrom)),
    endAbandoned: (node, reason, at) =>
      seeing('end abandoned leg records', () => {
        const { status, q850, result } = verdict(reason);
        return endAbandoned.run({ node, reason, at, status, q850, result }).changes;
      }),
    countOpen: () =>
      seeing('count open leg records', () =>
        new Columns('leg_records', countOpen.get()).integer('open'),
      ),
  };
}

/** Groups legs that come call by call. */
function callsOf(legs: readonly LegRecord[]): readonly CallSummary[] {
  const calls = new Map<string, LegRecord[]>();
  for (const leg of legs) {
    const call = calls.get(leg.callId);
    if (call === undefined) calls.set(leg.callId, [leg]);
    else call.push(leg);
  }
  return [...calls.values()].flatMap((of) =>
    of[0] === undefined ? [] : [{ callId: of[0].callId, legs: of }],
  );
}
