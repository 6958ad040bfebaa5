import { MediaFailed } from '../flows/ports/media.js';
import { between, later, millis, type Clock, type Instant } from '../domain/time.js';

const SECOND = millis(1000);
/** Longer than that a call should not wait for an endpoint; another server may have room. */
const LONGEST_WAIT = millis(2000);

/**
 * Lets no more through in any second than the server takes: FreeSWITCH answers 503 to the
 * eighty-first session of a second, whatever its load.
 */
export class Pace {
  /** When the last ones begin, oldest first; at most one second's worth. */
  #begun: Instant[] = [];
  perSecond: number | undefined;

  constructor(private readonly clock: Clock) {}

  /** Resolves when one more may begin. @throws MediaFailed `no-endpoint` when that is too long. */
  take(): Promise<void> {
    const { perSecond, clock } = this;
    if (perSecond === undefined) return Promise.resolve();
    const now = clock.now();
    // A tenth is left for what others ask of the server, and for clocks that do not agree.
    const most = Math.max(1, Math.floor(perSecond * 0.9));
    const before = this.#begun.at(-most);
    const at = before === undefined ? now : (Math.max(now, later(before, SECOND)) as Instant);
    const wait = between(now, at);
    if (wait > LONGEST_WAIT) {
      return Promise.reject(new MediaFailed('no-endpoint', 'too many at once'));
    }
    this.#begun = [...this.#begun, at].slice(-most);
    return wait === 0
      ? Promise.resolve()
      : new Promise((resolve) => void clock.after(wait, resolve));
  }
}
