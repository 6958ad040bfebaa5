import type Database from 'better-sqlite3';
import { asOf } from '../../domain/sessions/lifetime.js';
import type { Session, SessionId, TenantId } from '../../domain/sessions/session.js';
import type { Reopening } from '../../flows/ports/sessions.js';
import { bindBoth, firstFree } from './allocation.js';
import { Columns } from './columns.js';
import { endSession } from './ending.js';
import { sessionFrom } from './session-rows.js';
import type { SessionStatements } from './session-statements.js';

type Reopen = (tenant: TenantId, id: SessionId, how: Reopening) => Session | undefined;

/**
 * Reopens an ended session in one IMMEDIATE transaction, as `allocator` opens one: each participant
 * keeps its DID unless a live session of theirs has it by now.
 */
export function reopener(db: Database.Database, sql: SessionStatements): Reopen {
  const reopen: Reopen = (tenant, id, { at, expiresAt, ended, endedAfter, dids }) => {
    const row = sql.byId.get(tenant, id);
    if (row === undefined) return undefined;
    const stored = sessionFrom(row);
    const session = asOf(stored, at);
    if (session.status === 'open') return session;
    if (!ended.includes(session.status)) return undefined;
    if (session.closedAt === undefined || session.closedAt < endedAfter) return undefined;
    const seq = new Columns('sessions', sql.anySeqOf.get(tenant, id)).integer('seq');
    // Its time has passed and nobody has swept yet: its bindings are still there.
    if (stored.status === 'open') endSession(sql, seq, 'expired', session.closedAt);
    const [a, b] = session.participants.map(({ partyKey, proxyNumber }) => {
      const own = dids.filter((did) => did === proxyNumber);
      const candidates = [...own, ...dids.filter((did) => did !== proxyNumber)];
      return firstFree(sql, { tenant, at }, { partyKey, candidates });
    });
    if (a === undefined || b === undefined) return undefined;
    sql.reopen.run({ seq, a, b, expiresAt });
    const reopened = sessionFrom(sql.byId.get(tenant, id));
    bindBoth(sql, reopened, seq);
    return reopened;
  };
  const whole = db.transaction(reopen);
  return (...what) => whole.immediate(...what);
}
