import type Database from 'better-sqlite3';
import type { Did } from '../../domain/numbers/did.js';
import type { Participant, PartyKey, Session, TenantId } from '../../domain/sessions/session.js';
import type { Instant } from '../../domain/time.js';
import type { Opened, ParticipantDraft, SessionDraft } from '../../flows/ports/sessions.js';
import { Columns } from './columns.js';
import { endSession } from './ending.js';
import { sessionValues } from './session-rows.js';
import type { SessionStatements } from './session-statements.js';

/**
 * Opens a session as one IMMEDIATE transaction: it holds the write lock from its first read, so
 * what it finds free is still free when it is taken, in this process and in any other. The
 * primary key of `bindings` would refuse a second live session of a (party, DID) all the same.
 */
export function allocator(
  db: Database.Database,
  sql: SessionStatements,
): (draft: SessionDraft) => Opened {
  const open = db.transaction((draft: SessionDraft): Opened => {
    const [a, b] = draft.participants;
    const when = { tenant: draft.tenant, at: draft.createdAt };
    const didOfA = firstFree(sql, when, a);
    if (didOfA === undefined) return { ok: false, reason: 'no-free-did', participant: 0 };
    const didOfB = firstFree(sql, when, b);
    if (didOfB === undefined) return { ok: false, reason: 'no-free-did', participant: 1 };
    const session = sessionOf(draft, didOfA, didOfB);
    store(sql, session);
    return { ok: true, session };
  });
  return (draft) => open.immediate(draft);
}

/** The first candidate that this party uses in no live session. Inside a transaction of the caller. */
export function firstFree(
  sql: SessionStatements,
  { tenant, at }: { readonly tenant: TenantId; readonly at: Instant },
  { partyKey, candidates }: Pick<ParticipantDraft, 'partyKey' | 'candidates'>,
): Did | undefined {
  const taken = liveDids(sql, tenant, partyKey, at);
  return candidates.find((did) => !taken.has(did));
}

/** The DIDs this party uses. Sessions whose time has passed, swept or not, give theirs back here. */
function liveDids(
  sql: SessionStatements,
  tenant: TenantId,
  party: PartyKey,
  at: Instant,
): ReadonlySet<Did> {
  const taken = new Set<Did>();
  for (const row of sql.bindingsOf.all(tenant, party)) {
    const binding = new Columns('bindings', row);
    const expiresAt = binding.optionalInstant('expires_at');
    if (expiresAt !== undefined && expiresAt <= at) {
      endSession(sql, binding.integer('session'), 'expired', expiresAt);
    } else {
      taken.add(binding.did('did'));
    }
  }
  return taken;
}

function store(sql: SessionStatements, session: Session): void {
  const { lastInsertRowid } = sql.insert.run(sessionValues(session));
  bindBoth(sql, session, lastInsertRowid);
}

/** Lets both participants call by their DIDs. Inside a transaction of the caller. */
export function bindBoth(sql: SessionStatements, session: Session, seq: number | bigint): void {
  for (const { partyKey, proxyNumber } of session.participants) {
    sql.bind.run(session.tenant, partyKey, proxyNumber, seq, session.expiresAt ?? null);
  }
}

function sessionOf(draft: SessionDraft, didOfA: Did, didOfB: Did): Session {
  const [a, b] = draft.participants;
  return {
    id: draft.id,
    tenant: draft.tenant,
    kind: draft.kind,
    reference: draft.reference,
    status: 'open',
    createdAt: draft.createdAt,
    expiresAt: draft.expiresAt,
    closedAt: undefined,
    participants: [withDid(a, didOfA), withDid(b, didOfB)],
  };
}

function withDid(draft: ParticipantDraft, proxyNumber: Did): Participant {
  const { id, partyRef, partyKey, partialMask, reachedBy, reference, pin } = draft;
  return { id, partyRef, partyKey, partialMask, reachedBy, reference, proxyNumber, pin };
}
