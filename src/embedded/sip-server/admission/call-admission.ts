import { firstHeader } from '../message/headers.js';
import type { SipRequest } from '../message/sip-message.js';
import type { Timing } from '../transaction/timing.js';
import type { EngineLoad } from './engine-load.js';
import { OverloadControl, tickMs, type OverloadOptions } from './overload-control.js';
import { RefusedCalls } from './refused-calls.js';
import type { RefusalReason, Tally } from './tally.js';
import { reservedShare, urgencyTest, type MayBeUrgent } from './urgency.js';

/** How full the engine is, to be held against its bounds. */
export interface Fullness {
  readonly unanswered: number;
  readonly dialogs: number;
}

export interface CallAdmissionParts {
  readonly options: OverloadOptions;
  readonly emergencyNumbers: readonly string[];
  readonly most: Fullness;
  readonly now: () => Fullness;
  readonly timing: Timing;
  readonly tally: Tally;
  readonly load: Pick<EngineLoad, 'sample' | 'restart'>;
  /** How long a frame for the application would wait, in ms. */
  readonly queueDelayMs: () => number;
}

/** Without a new call for this long nothing needs to be measured, in ms. */
const restMs = 2_000;

/**
 * Whether a request outside any dialog may come in, before any transaction is made of it. What is in
 * progress is not asked: ACK, BYE, CANCEL, PRACK, UPDATE and responses are always served.
 */
export class CallAdmission {
  readonly retryAfterSeconds: number;
  readonly #parts: CallAdmissionParts;
  readonly #control: OverloadControl;
  readonly #refused: RefusedCalls;
  readonly mayBeUrgent: MayBeUrgent;
  #measuring = false;
  #askedAtMs = 0;
  #worstDelayMs = 0;

  constructor(parts: CallAdmissionParts) {
    const now = parts.timing.now();
    this.retryAfterSeconds = parts.options.retryAfterSeconds;
    this.#parts = parts;
    this.#control = new OverloadControl(parts.options, now);
    this.#refused = new RefusedCalls(now);
    this.mayBeUrgent = urgencyTest(parts.emergencyNumbers);
  }

  get limiting(): boolean {
    return this.#control.limiting;
  }

  /** New requests a second that are let in; infinite while nothing is limited. */
  get rate(): number {
    return this.#control.rate;
  }

  /** The longest that a message had to wait, here or for the application, since last asked, in ms. */
  takeWorstDelayMs(): number {
    const worst = Math.round(this.#worstDelayMs);
    this.#worstDelayMs = 0;
    return worst;
  }

  /** True when a new request is to be answered 503; the same one again gets the same answer. */
  turnsAway(request: SipRequest): boolean {
    const { timing } = this.#parts;
    const now = timing.now();
    this.#measure(now);
    const key = `${firstHeader(request, 'Via') ?? ''} ${firstHeader(request, 'Call-ID') ?? ''}`;
    if (this.#refused.has(key, now)) return true;
    const reason = this.#reasonAgainst(now);
    if (reason === undefined) return false;
    if (this.mayBeUrgent(request) && !this.#isFull(reservedShare)) return false;
    this.#refused.add(key, now);
    this.#parts.tally.refuse(reason);
    return true;
  }

  /** Whether new calls are held back; to ask costs none of them its place. */
  isPressed(): boolean {
    this.#measure(this.#parts.timing.now());
    return this.limiting || this.#isFull();
  }

  /** There was no room for another transaction. */
  full(): void {
    this.#parts.tally.refuse('full');
  }

  #reasonAgainst(nowMs: number): RefusalReason | undefined {
    if (this.#isFull()) return 'full';
    return this.#control.admits(nowMs) ? undefined : 'overload';
  }

  #isFull(reserve = 0): boolean {
    const { most, now } = this.#parts;
    const { unanswered, dialogs } = now();
    const share = 1 + reserve;
    return unanswered >= share * most.unanswered || dialogs >= share * most.dialogs;
  }

  /** Measures while calls come in, and not a moment longer: an idle daemon does not wake up. */
  #measure(nowMs: number): void {
    this.#askedAtMs = nowMs;
    if (this.#measuring) return;
    this.#measuring = true;
    this.#parts.load.restart(nowMs);
    this.#parts.timing.after(tickMs, this.#tick);
  }

  readonly #tick = (): void => {
    const { timing, queueDelayMs, load } = this.#parts;
    const now = timing.now();
    const delayMs = Math.max(queueDelayMs(), load.sample(now, tickMs));
    this.#worstDelayMs = Math.max(this.#worstDelayMs, delayMs);
    this.#control.tick(now, delayMs);
    this.#measuring = this.limiting || now - this.#askedAtMs < restMs;
    if (this.#measuring) timing.after(tickMs, this.#tick);
  };
}
