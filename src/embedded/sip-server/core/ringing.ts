import type { Cancel } from '../transaction/timing.js';
import { giveUpOn } from './inbound.js';
import type { CoreState, Inbound } from './state.js';

/** RFC 3261 §13.3.1.1: proxies on the way give up after three minutes in which they hear nothing. */
const repeatMs = 60_000;

/**
 * The application has answered an INVITE provisionally: the answer is repeated every minute, until
 * the final one or until nobody can be waiting any more.
 */
export function keepRinging(state: CoreState, inbound: Inbound, bytes: Buffer): void {
  inbound.stopWaiting();
  const { timing, timers, settings } = state;
  let repetition: Cancel;
  const repeatLater = (): void => {
    repetition = timing.after(repeatMs, () => {
      inbound.transaction.repeat(bytes);
      repeatLater();
    });
  };
  repeatLater();
  // A little longer than our own INVITE to the other side of the same call may ring.
  const end = timing.after(settings.ringingMs + 128 * timers.t1, () => giveUpOn(state, inbound));
  inbound.stopWaiting = () => {
    repetition();
    end();
  };
}
