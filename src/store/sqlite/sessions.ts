import { setImmediate as nextTurn } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { Session } from '../../domain/sessions/session.js';
import type { Instant } from '../../domain/time.js';
import type { SessionFilter, SessionStore } from '../../flows/ports/sessions.js';
import { allocator } from './allocation.js';
import { Columns, NO_CURSOR } from './columns.js';
import { endSession } from './ending.js';
import { attempt, toStoreError } from './errors.js';
import { sessionFrom } from './session-rows.js';
import { reopener } from './reopening.js';
import { prepareSessions, type SessionStatements } from './session-statements.js';

/** Sessions that one transaction expires: a few milliseconds in which no call is served. */
const SWEEP = 200;

export function sqliteSessions(db: Database.Database): SessionStore {
  const sql = prepareSessions(db);
  const open = allocator(db, sql);
  const close = closer(db, sql);
  const reopen = reopener(db, sql);
  const sweep = sweeper(db, sql);

  return {
    open: (draft) => attempt('open session', () => open(draft)),
    close: (tenant, id, at) => attempt('close session', () => close(tenant, id, at)),

    reopen: (tenant, id, how) => attempt('reopen session', () => reopen(tenant, id, how)),

    find: (tenant, id) => attempt('find session', () => optional(sql.byId.get(tenant, id))),

    findByReference: (tenant, reference) =>
      attempt('find session by reference', () =>
        optional(
          sql.openByReference.get(tenant, reference) ?? sql.byReference.get(tenant, reference),
        ),
      ),

    findByBinding: (tenant, party, did) =>
      attempt('find session by binding', () =>
        optional(
          sql.byLiveBinding.get(tenant, party, did) ??
            sql.byPastBinding.get({ tenant, party, did }),
        ),
      ),

    findBetween: (tenant, a, b, at) =>
      attempt('find session between', () => optional(sql.between.get({ tenant, a, b, at }))),

    findByCaseNumber: (tenant, caseNumber, limit) =>
      attempt('find sessions by case number', () =>
        sql.byCaseNumber.all(tenant, caseNumber, limit).map(sessionFrom),
      ),

    findWithPin: (tenant, did, limit) =>
      attempt('find sessions with a PIN', () =>
        sql.withPinOn.all({ tenant, did, limit }).map(sessionFrom),
      ),

    list: (filter) => attempt('list sessions', () => page(sql, filter).map(sessionFrom)),

    async expireDue(at) {
      try {
        let expired = 0;
        for (;;) {
          const count = sweep.immediate(at);
          expired += count;
          if (count < SWEEP) return expired;
          await nextTurn();
        }
      } catch (error) {
        throw toStoreError(error, 'expire sessions');
      }
    },
  };
}

function optional(row: unknown): Session | undefined {
  return row === undefined ? undefined : sessionFrom(row);
}

function closer(
  db: Database.Database,
  sql: SessionStatements,
): (tenant: string, id: string, at: Instant) => Session | undefined {
  const close = db.transaction((tenant: string, id: string, at: Instant) => {
    const row = sql.seqOf.get(tenant, id);
    if (row !== undefined) {
      endSession(sql, new Columns('sessions', row).integer('seq'), 'closed', at);
    }
    return optional(sql.byId.get(tenant, id));
  });
  return (tenant, id, at) => close.immediate(tenant, id, at);
}

/** One batch; the session ends at its own time, however late the sweep comes. */
function sweeper(
  db: Database.Database,
  sql: SessionStatements,
): Database.Transaction<(at: Instant) => number> {
  return db.transaction((at: Instant) => {
    const due = sql.due.all(at, SWEEP);
    for (const row of due) {
      const read = new Columns('sessions', row);
      endSession(sql, read.integer('seq'), 'expired', read.instant('expires_at'));
    }
    return due.length;
  });
}

function page(sql: SessionStatements, filter: SessionFilter): unknown[] {
  const { tenant, status, reference, limit } = filter;
  const before = filter.before ?? NO_CURSOR;
  if (reference !== undefined && status !== undefined) {
    return sql.pageByBoth.all(tenant, reference, status, before, limit);
  }
  if (reference !== undefined) return sql.pageByReference.all(tenant, reference, before, limit);
  if (status !== undefined) return sql.pageByStatus.all(tenant, status, before, limit);
  return sql.page.all(tenant, before, limit);
}
