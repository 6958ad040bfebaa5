import type { Session, SessionId, TenantId } from '../domain/sessions/session.js';
import { asOf } from '../domain/sessions/lifetime.js';
import { expireSessions } from './expire-sessions.js';
import type { SessionFilter } from './ports/sessions.js';
import type { SessionHouse } from './session-house.js';
import { SessionProblem } from './session-problem.js';

type Finder = Pick<SessionHouse, 'sessions' | 'clock' | 'metrics' | 'log'>;

/** @throws SessionProblem unknown-session; StoreError. */
export async function findSession(
  house: Pick<SessionHouse, 'sessions' | 'clock'>,
  tenant: TenantId,
  id: SessionId,
): Promise<Session> {
  const session = await house.sessions.find(tenant, id);
  if (session === undefined) throw unknownSession();
  return asOf(session, house.clock.now());
}

/** The newest session with this tenant reference, live ones first. */
export async function findSessionByReference(
  house: Finder,
  tenant: TenantId,
  reference: string,
): Promise<Session | undefined> {
  await expireSessions(house);
  return house.sessions.findByReference(tenant, reference);
}

/** One page, newest first. What is due is expired first, so that a filter by status tells the truth. */
export async function listSessions(
  house: Finder,
  filter: SessionFilter,
): Promise<readonly Session[]> {
  await expireSessions(house);
  return house.sessions.list(filter);
}

export function unknownSession(): SessionProblem {
  return new SessionProblem('unknown-session', 'id', 'is no session of this tenant');
}
