import { CallRefused, type Verdict } from '../../domain/calls/verdict.js';
import { between, type Millis } from '../../domain/time.js';
import type { House } from '../house.js';
import type { Leg, LegListener, RefusalDetail } from '../ports/sip.js';
import type { CallUnderWay } from './call-under-way.js';
import type { CallDriver } from './drive-call.js';
import { failedAnswer } from './endings.js';
import { RingRelay } from './ring-relay.js';

export interface CallerDeps {
  readonly call: CallUnderWay;
  readonly house: House;
  readonly driver: Pick<CallDriver, 'state' | 'feed'>;
  readonly legListener: LegListener;
}

/** The caller's side: what it hears until it is answered, the answer, and its leg from then on. */
export class CallerSide {
  leg: Leg | undefined;
  refusalDetail: RefusalDetail | undefined;
  readonly #ring: RingRelay;
  /** When the caller first heard of the callee, after its INVITE. */
  #heardAt: Millis | undefined;

  constructor(private readonly deps: CallerDeps) {
    this.#ring = new RingRelay(deps.call.sip, deps.house.clock);
  }

  heard(status: number, earlyMedia: string | undefined): void {
    this.#ring.heard(status, earlyMedia);
  }

  ring(): void {
    if (this.#ring.pass()) this.#hears();
  }

  /** @param describe what our 200 says. */
  async answer(describe: () => Promise<string>): Promise<void> {
    const { call, driver, legListener } = this.deps;
    try {
      const ours = await describe();
      const { state } = driver;
      if ('verdict' in state) throw new CallRefused(state.verdict.reason, 'over before our 200');
      this.leg = await call.sip.answer(ours, legListener);
      this.#noteAnswer();
      driver.feed({ is: 'caller-answered' });
    } catch (error) {
      const v = failedAnswer(error);
      const { state } = driver;
      // The 200 has not left, so the caller still waits for a final response.
      call.sip.refuse('verdict' in state ? state.verdict : v);
      driver.feed({ is: 'answer-lost', verdict: v });
    }
  }

  /** It was called by us, and has answered. */
  called(leg: Leg): void {
    this.leg = leg;
    this.#noteAnswer();
  }

  refuse(v: Verdict): void {
    this.deps.call.sip.refuse(v, this.refusalDetail);
  }

  hangUp(v: Verdict): void {
    this.leg?.hangUp(v);
  }

  #noteAnswer(): void {
    const { call, house, driver } = this.deps;
    if (driver.state.at === 'ended') return;
    this.#hears();
    call.callerLedger.answered();
    const after = this.#sinceArrival();
    house.metrics.callAnswered(call.direction, after);
    call.log.info('Call answered', { after_ms: after });
  }

  /** The caller hears of the callee for the first time: the end of the post-dial delay. */
  #hears(): void {
    if (this.#heardAt !== undefined) return;
    const { call, house, driver } = this.deps;
    this.#heardAt = this.#sinceArrival();
    house.metrics.callSetup(call.direction, this.#heardAt);
    if (driver.state.at === 'dialing') call.callerLedger.ringing();
  }

  #sinceArrival(): Millis {
    return between(this.deps.call.callerLedger.startedAt, this.deps.house.clock.now());
  }
}
