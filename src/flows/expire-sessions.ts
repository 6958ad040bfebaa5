import type { Millis, Timer } from '../domain/time.js';
import type { SessionHouse } from './session-house.js';

type Sweeper = Pick<SessionHouse, 'sessions' | 'clock' | 'metrics' | 'log'>;

/** Expires every session whose time has passed; answers how many. */
export async function expireSessions(house: Sweeper): Promise<number> {
  const expired = await house.sessions.expireDue(house.clock.now());
  if (expired > 0) {
    house.metrics.sessionEnded('expired', expired);
    house.log.info('sessions expired', { count: expired });
  }
  return expired;
}

/**
 * Sweeps again and again, `every` after the end of the last sweep. No call depends on it: a session
 * past its time is refused whether it was swept or not.
 */
export function keepExpiring(house: Sweeper, every: Millis): { stop(): void } {
  let stopped = false;
  let timer: Timer | undefined;

  const sweep = async (): Promise<void> => {
    try {
      await expireSessions(house);
    } catch (error) {
      house.log.warn('sessions could not be expired', {
        error: error instanceof Error ? error : new Error('unknown error'),
      });
    }
    arm();
  };
  const arm = (): void => {
    if (!stopped) timer = house.clock.after(every, () => void sweep());
  };
  arm();

  return {
    stop: () => {
      stopped = true;
      timer?.cancel();
    },
  };
}
