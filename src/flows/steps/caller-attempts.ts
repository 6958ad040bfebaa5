import { CallRefused, onTrunk, type Verdict } from '../../domain/calls/verdict.js';
import type { LegPlan } from '../../domain/identity/identity-plan.js';
import type { DialListener, Leg, LegListener, OutgoingLeg } from '../ports/sip.js';
import type { CallUnderWay } from './call-under-way.js';
import type { CallDriver } from './drive-call.js';
import { endedBy, failedAnswer, failedBeforeAnswer } from './endings.js';

export interface CallerAttemptsDeps {
  readonly call: CallUnderWay;
  readonly driver: Pick<CallDriver, 'state' | 'feed'>;
  /** One for each target of the first party's trunk, in order. */
  readonly attempts: readonly LegPlan[];
  /** What each target is offered: an endpoint of ours. */
  offer(): Promise<string>;
  /** Takes the party's answer. @throws CallRefused, MediaFailed when it cannot be used. */
  agree(answer: string): Promise<unknown>;
  /** The party is there: from here on it is the caller. */
  answered(leg: Leg): void;
  readonly legListener: LegListener;
}

/** The first party of a call of ours: target after target, until one answers. One record tells it. */
export class CallerAttempts {
  #target = -1;
  #outgoing: OutgoingLeg | undefined;
  #leg: Leg | undefined;

  constructor(private readonly deps: CallerAttemptsDeps) {}

  async dial(target: number): Promise<void> {
    const { attempts, call, legListener } = this.deps;
    const plan = attempts[target];
    if (plan === undefined) return;
    this.#target = target;
    if (target > 0) call.callerLedger.know({ sipCallId: plan.callId });
    try {
      const offer = await this.deps.offer();
      if (!this.#isCalling(target)) return;
      const credentials = call.sip.arrival.trunk.outboundCredentials;
      this.#outgoing = call.sip.dial(
        { towards: 'caller', plan, offer, location: undefined, credentials },
        this.#listener(target),
        legListener,
      );
    } catch (error) {
      this.#failed(failedBeforeAnswer(error), undefined);
    }
  }

  cancel(v: Verdict): void {
    if (this.#leg === undefined) this.#outgoing?.cancel(v);
    else this.#leg.hangUp(v);
  }

  #listener(target: number): DialListener {
    const { call, driver } = this.deps;
    return {
      progressed: (status) => {
        if (status === 180 || status === 183) call.callerLedger.ringing();
        driver.feed({ is: 'caller-progressed' });
      },
      answered: (leg, sdp) => void this.#answered(target, leg, sdp),
      failed: (v, status) => this.#failed(v, status),
    };
  }

  async #answered(target: number, leg: Leg, sdp: string | undefined): Promise<void> {
    const { driver } = this.deps;
    this.#leg = leg;
    try {
      if (sdp === undefined) throw new CallRefused('callee-answer-unusable');
      await this.deps.agree(sdp);
      // Whatever ended the call meanwhile has hung up.
      if (!this.#isCalling(target)) return;
      this.deps.answered(leg);
      driver.feed({ is: 'caller-answered' });
    } catch (error) {
      const v = failedAnswer(error);
      leg.hangUp(v);
      this.#failed(v, undefined);
    }
  }

  #failed(v: Verdict, status: number | undefined): void {
    const { call, driver, attempts } = this.deps;
    const at = onTrunk(v, call.sip.arrival.trunk);
    const goesOn = at.tryNext === true && this.#target + 1 < attempts.length;
    if (!goesOn && driver.state.at === 'calling') {
      call.callerLedger.end(at, endedBy(at) === 'callee' ? 'caller' : endedBy(at), status);
    }
    driver.feed({ is: 'caller-failed', verdict: at });
  }

  #isCalling(target: number): boolean {
    const { state } = this.deps.driver;
    return state.at === 'calling' && state.target === target;
  }
}
