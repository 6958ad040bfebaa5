import type { Did } from '../numbers/did.js';
import type { Instant } from '../time.js';
import { asOf } from './lifetime.js';
import { claimOf, type Claim } from './claim.js';
import type { PartyKey, Session } from './session.js';

/** Why a binding leads nowhere. */
export type NoWay = 'unknown-caller' | 'session-expired' | 'session-closed';

export type Resolution =
  | ({ readonly ok: true } & Claim)
  | { readonly ok: false; readonly reason: 'unknown-caller' }
  /** It was theirs: a late callback. */
  | ({ readonly ok: false; readonly reason: Exclude<NoWay, 'unknown-caller'> } & Claim);

/**
 * Who a caller reaches who dialed this DID. The store has found `session` by the same two facts;
 * they are checked again here, because a wrong row must end in a refused call and never in a
 * stranger's phone.
 * @param caller Undefined when the caller's number is withheld or unreadable.
 */
export function resolve(
  session: Session | undefined,
  dialed: Did,
  caller: PartyKey | undefined,
  at: Instant,
): Resolution {
  if (session === undefined || caller === undefined) return STRANGER;
  const [a, b] = session.participants;
  const isA = a.partyKey === caller && a.proxyNumber === dialed;
  const isB = b.partyKey === caller && b.proxyNumber === dialed;
  // Both or neither: the session does not say who the other party is.
  if (isA === isB || a.partyKey === b.partyKey) return STRANGER;
  const claim = claimOf(session, isA ? a : b);
  const { status } = asOf(session, at);
  if (status === 'closed') return { ok: false, reason: 'session-closed', ...claim };
  if (status === 'expired') return { ok: false, reason: 'session-expired', ...claim };
  return { ok: true, ...claim };
}

const STRANGER: Resolution = { ok: false, reason: 'unknown-caller' };
