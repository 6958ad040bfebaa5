import type { Session, SessionId, TenantId } from '../domain/sessions/session.js';
import { isLive } from '../domain/sessions/lifetime.js';
import { findSession, unknownSession } from './find-session.js';
import type { SessionHouse } from './session-house.js';

/**
 * Ends a session: from now on neither DID leads to the other party. Closing what has ended already
 * changes nothing and answers it as it is, so a repeated request is harmless.
 * @throws SessionProblem unknown-session; StoreError.
 */
export async function closeSession(
  house: Pick<SessionHouse, 'sessions' | 'clock' | 'metrics' | 'log'>,
  tenant: TenantId,
  id: SessionId,
): Promise<Session> {
  const now = house.clock.now();
  const found = await findSession(house, tenant, id);
  if (!isLive(found, now)) return found;

  const closed = await house.sessions.close(tenant, id, now);
  if (closed === undefined) throw unknownSession();
  house.metrics.sessionEnded('closed', 1);
  house.log.info('session closed', { tenant, sessionId: id, kind: closed.kind });
  return closed;
}
