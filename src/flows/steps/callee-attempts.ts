import { CallRefused, verdict, type Verdict } from '../../domain/calls/verdict.js';
import type { LegPlan } from '../../domain/identity/identity-plan.js';
import type { PartyAddress } from '../../domain/numbers/party-address.js';
import { RealNumber } from '../../domain/numbers/real-number.js';
import type { House } from '../house.js';
import type { LegUpdate } from '../ports/records.js';
import type { DialListener, Leg, LegListener, OutgoingLeg } from '../ports/sip.js';
import type { CallUnderWay } from './call-under-way.js';
import type { CallDriver } from './drive-call.js';
import { endedBy, failedBeforeAnswer } from './endings.js';
import { LegLedger } from './leg-ledger.js';
import type { CallPlan } from './call-plan.js';

/** One attempt to reach the callee: its leg before and after the answer, and its record. */
interface Attempt {
  readonly ledger: LegLedger;
  outgoing: OutgoingLeg | undefined;
  leg: Leg | undefined;
  /** The callee's session description: its answer, or its offer when it was sent none. */
  sdp: string | undefined;
}

export interface CalleeDeps {
  readonly call: CallUnderWay;
  readonly house: House;
  readonly driver: Pick<CallDriver, 'state' | 'feed'>;
  /** What the target is offered; undefined: it is asked for an offer. */
  invite(): Promise<string | undefined>;
  /** The callee's progress, as the caller is to hear of it. */
  progressed(status: number, earlyMedia: string | undefined): void;
  readonly legListener: LegListener;
}

/** The callee's side: target after target, until one answers. */
export class CalleeAttempts {
  #attempt: Attempt | undefined;

  constructor(private readonly deps: CalleeDeps) {}

  get leg(): Leg | undefined {
    return this.#attempt?.leg;
  }

  get sdp(): string | undefined {
    return this.#attempt?.sdp;
  }

  async dial(plan: CallPlan, target: number): Promise<void> {
    const leg = plan.attempts[target];
    if (leg === undefined) return;
    // The record and the media server take their time together.
    const offering = this.#offer();
    const attempt = await this.#open(plan, leg);
    if (attempt === undefined || this.#isGivenUp(attempt, target)) return;
    this.#attempt = attempt;
    try {
      const offer = await offering;
      if (this.#isGivenUp(attempt, target)) return;
      if ('failure' in offer) throw offer.failure;
      const credentials = plan.route.trunk.outboundCredentials;
      attempt.outgoing = this.deps.call.sip.dial(
        {
          towards: 'callee',
          plan: leg,
          offer: offer.sdp,
          location: plan.location,
          credentials,
        },
        this.#listener(attempt),
        this.deps.legListener,
      );
    } catch (error) {
      const v = failedBeforeAnswer(error);
      attempt.ledger.end(v, 'system', undefined);
      this.deps.driver.feed({ is: 'callee-failed', verdict: v });
    }
  }

  cancel(v: Verdict): void {
    this.#attempt?.outgoing?.cancel(v);
    this.#attempt?.ledger.end(v, endedBy(v), undefined);
  }

  know(change: LegUpdate): void {
    this.#attempt?.ledger.know(change);
  }

  closeBooks(v: Verdict): void {
    this.#attempt?.ledger.end(v, endedBy(v), undefined);
  }

  async #offer(): Promise<{ sdp: string | undefined } | { failure: Error }> {
    try {
      return { sdp: await this.deps.invite() };
    } catch (error) {
      return { failure: error instanceof Error ? error : new Error('no offer') };
    }
  }

  /** Given up before its INVITE was sent: the callee never hears of it. */
  #isGivenUp(attempt: Attempt, target: number): boolean {
    const { state } = this.deps.driver;
    if (state.at === 'dialing' && state.target === target) return false;
    const why = 'verdict' in state ? state.verdict : verdict('trunk-silent');
    attempt.ledger.end(why, endedBy(why), undefined);
    return true;
  }

  async #open({ route }: CallPlan, leg: LegPlan): Promise<Attempt | undefined> {
    const { call, house } = this.deps;
    try {
      const ledger = await LegLedger.open(
        {
          callId: call.id,
          leg: 'b',
          direction: call.direction,
          tenant: route.tenant.id,
          sessionId: route.sessionId,
          trunk: route.trunk.name,
          partyRef: route.calleeRef,
          proxyNumber: route.shownToCallee,
          remoteCountry: countryOf(route.callee),
          sipCallId: leg.callId,
        },
        call.urgency,
        house,
      );
      return { ledger, outgoing: undefined, leg: undefined, sdp: undefined };
    } catch {
      // A leg that cannot be recorded is not dialed.
      this.deps.driver.feed({ is: 'aborted', verdict: verdict('store-unavailable') });
      return undefined;
    }
  }

  #listener(attempt: Attempt): DialListener {
    const { driver } = this.deps;
    return {
      progressed: (status, earlyMedia) => {
        if (status === 180 || status === 183) attempt.ledger.ringing();
        this.deps.progressed(status, earlyMedia);
      },
      answered: (leg, sdp) => {
        attempt.leg = leg;
        attempt.sdp = sdp;
        attempt.ledger.answered();
        driver.feed({ is: 'callee-answered' });
      },
      failed: (v, status) => {
        attempt.ledger.end(v, 'callee', status);
        driver.feed({ is: 'callee-failed', verdict: v });
      },
    };
  }
}

/** @throws CallRefused unless the callee has described itself. */
export function describedBy({ sdp }: CalleeAttempts): string {
  if (sdp === undefined) throw new CallRefused('callee-answer-unusable');
  return sdp;
}

const countryOf = (party: PartyAddress | undefined): string | undefined =>
  party instanceof RealNumber ? party.country : undefined;
