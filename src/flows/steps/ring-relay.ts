import { between, seconds, type Clock, type Instant } from '../../domain/time.js';
import type { SipCall } from '../ports/sip.js';

/** RFC 3261 §13.3.1.1: a ringing UAS repeats its 1xx at least every minute. */
const REPEAT_AFTER = seconds(50);

/**
 * What the caller hears of the callee's progress: 180, or 183 with early media. Other 1xx say how
 * the call is routed (181, 182, 199) and do not cross, and a callee that floods us with 18x floods
 * nobody else.
 */
export class RingRelay {
  #heard: { status: 180 | 183; earlyMedia: string | undefined } | undefined;
  #earlyMedia: string | undefined;
  readonly #passed = new Map<180 | 183, Instant>();

  constructor(
    private readonly sip: SipCall,
    private readonly clock: Clock,
  ) {}

  heard(status: number, earlyMedia: string | undefined): void {
    // One early answer per call: a forked second one would change the session without an offer.
    this.#earlyMedia ??= earlyMedia;
    if (status === 183 && this.#earlyMedia !== undefined) {
      this.#heard = { status: 183, earlyMedia: this.#earlyMedia };
    } else if (status === 180) {
      this.#heard = { status: 180, earlyMedia: this.#earlyMedia };
    }
  }

  /** @returns whether the caller has been told by now that the callee is being reached. */
  pass(): boolean {
    if (this.#heard === undefined) return false;
    const { status, earlyMedia } = this.#heard;
    const now = this.clock.now();
    // Each status has its own pace, or a callee that alternates them would get all through.
    const last = this.#passed.get(status);
    if (last !== undefined && between(last, now) < REPEAT_AFTER) return true;
    this.#passed.set(status, now);
    this.sip.ring(status, earlyMedia);
    return true;
  }
}
