import type { Did } from '../numbers/did.js';
import type { Instant } from '../time.js';
import { asOf } from './lifetime.js';
import type { Participant, PartyKey, Session } from './session.js';

/** Why a binding leads nowhere. */
export type NoWay = 'unknown-caller' | 'session-expired' | 'session-closed';

export type Resolution =
  | {
      readonly ok: true;
      readonly session: Session;
      readonly caller: Participant;
      readonly callee: Participant;
    }
  | {
      readonly ok: false;
      readonly reason: NoWay;
    };

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
  if (session === undefined || caller === undefined) return refuse('unknown-caller');
  const [a, b] = session.participants;
  const isA = a.partyKey === caller && a.proxyNumber === dialed;
  const isB = b.partyKey === caller && b.proxyNumber === dialed;
  // Both or neither: the session does not say who the other party is.
  if (isA === isB || a.partyKey === b.partyKey) return refuse('unknown-caller');
  const { status } = asOf(session, at);
  if (status === 'closed') return refuse('session-closed');
  if (status === 'expired') return refuse('session-expired');
  return isA
    ? { ok: true, session, caller: a, callee: b }
    : { ok: true, session, caller: b, callee: a };
}

function refuse(reason: NoWay): Resolution {
  return { ok: false, reason };
}
