import { CallRefused, onTrunk, verdict, type Verdict } from '../../domain/calls/verdict.js';
import { between, seconds, type Millis } from '../../domain/time.js';
import type { CallTimer } from '../../domain/calls/call-state.js';
import type { LegPlan } from '../../domain/identity/identity-plan.js';
import type { Trunk } from '../../domain/identity/trunk.js';
import { RealNumber } from '../../domain/numbers/real-number.js';
import type { PartyAddress } from '../../domain/numbers/party-address.js';
import type { House } from '../house.js';
import type {
  Dialing,
  DialListener,
  Leg,
  LegListener,
  OutgoingLeg,
  RefusalDetail,
} from '../ports/sip.js';
import type { CallUnderWay } from './call-under-way.js';
import type { CallPlan } from './route.js';
import { CallDriver, type LegEffect } from './drive-call.js';
import { LegLedger, type EndedBy } from './leg-ledger.js';
import { DirectMedia } from './direct-media.js';
import type { MediaPath, Side } from './media-path.js';
import { OwnDescriptions } from './own-descriptions.js';
import { Renegotiation } from './renegotiate.js';
import { RingRelay } from './ring-relay.js';

/** One attempt to reach the callee: its leg before and after the answer, and its record. */
interface Attempt {
  readonly ledger: LegLedger;
  outgoing: OutgoingLeg | undefined;
  leg: Leg | undefined;
  /** The callee's session description: its answer, or its offer when the caller sent none. */
  sdp: string | undefined;
}

/**
 * Joins the caller's leg with the callee's: tells the driver what happens on either, and carries
 * out what the driver decides.
 */
export class Bridge {
  readonly driver: CallDriver;
  #plan: CallPlan | undefined;
  #attempt: Attempt | undefined;
  #callerLeg: Leg | undefined;
  #refusalDetail: RefusalDetail | undefined;
  /** When the caller first heard of the callee, after its INVITE. */
  #heardAt: Millis | undefined;
  readonly #media: MediaPath;
  readonly #ring: RingRelay;
  readonly #renegotiation: Renegotiation;

  constructor(
    private readonly call: CallUnderWay,
    private readonly house: House,
  ) {
    const { ownAddress, offer } = call.sip.arrival;
    this.#media = new DirectMedia(new OwnDescriptions(house.ids, ownAddress), offer);
    this.#ring = new RingRelay(call.sip, house.clock);
    this.#renegotiation = new Renegotiation({
      media: this.#media,
      clock: house.clock,
      ids: house.ids,
      leg: (side) => (side === 'caller' ? this.#callerLeg : this.#attempt?.leg),
      lost: (why) => this.driver.feed({ is: 'aborted', verdict: verdict(why) }),
    });
    this.driver = new CallDriver({
      clock: house.clock,
      log: call.log,
      timerLength: (timer) => this.#timerLength(timer),
      carryOut: (effect) => this.#carryOut(effect),
    });
    call.sip.listen({
      cancelled: () => this.driver.feed({ is: 'caller-cancelled' }),
      leaked: () => this.driver.feed({ is: 'aborted', verdict: verdict('leak-blocked') }),
    });
  }

  /** Ends a call that gets no callee. */
  refuse(v: Verdict, detail?: RefusalDetail): void {
    this.#refusalDetail = detail;
    this.driver.feed({ is: 'refused', verdict: v });
  }

  /** Undefined until the call has a way to go. */
  get calleeTrunk(): Trunk | undefined {
    return this.#plan?.route.trunk;
  }

  /** Dials the plan; from here on the legs and the driver have the word. */
  converse(plan: CallPlan): void {
    this.#plan = plan;
    this.driver.feed({ is: 'routed', targets: plan.attempts.length });
  }

  #timerLength(timer: CallTimer): Millis {
    const trunk = this.calleeTrunk;
    if (trunk === undefined) return seconds(60);
    return timer === 'no-answer' ? trunk.noAnswerAfter : trunk.progressWithin;
  }

  #carryOut(effect: LegEffect): void {
    switch (effect.do) {
      case 'dial':
        void this.#dial(effect.target);
        break;
      case 'ring-caller':
        this.#ringCaller();
        break;
      case 'answer-caller':
        void this.#answerCaller();
        break;
      case 'refuse-caller':
        this.call.sip.refuse(effect.verdict, this.#refusalDetail);
        break;
      case 'cancel-callee':
        this.#cancelCallee(effect.verdict);
        break;
      case 'hang-up-caller':
        this.#callerLeg?.hangUp(effect.verdict);
        break;
      case 'hang-up-callee':
        this.#attempt?.leg?.hangUp(effect.verdict);
        break;
    }
  }

  #ringCaller(): void {
    if (this.#ring.pass()) this.#callerHears();
  }

  #cancelCallee(v: Verdict): void {
    this.#attempt?.outgoing?.cancel(v);
    this.#attempt?.ledger.end(v, endedBy(v), undefined);
  }

  async #dial(target: number): Promise<void> {
    const plan = this.#plan;
    const leg = plan?.attempts[target];
    if (plan === undefined || leg === undefined) return;
    const attempt = await this.#openAttempt(plan, leg);
    if (attempt === undefined) return;
    try {
      const offer = await this.#media.inviteCallee();
      if (this.#isGivenUp(attempt, target)) return;
      this.#attempt = attempt;
      this.#send(attempt, { plan: leg, offer, location: plan.location, ...credentialsOf(plan) });
    } catch (error) {
      const v = error instanceof CallRefused ? error.verdict : verdict('internal-error');
      attempt.ledger.end(v, 'system', undefined);
      this.driver.feed({ is: 'callee-failed', verdict: v });
    }
  }

  /** Given up before its INVITE was sent: the callee never hears of it. */
  #isGivenUp(attempt: Attempt, target: number): boolean {
    const { state } = this.driver;
    if (state.at === 'dialing' && state.target === target) return false;
    const why = state.at === 'ended' ? state.verdict : verdict('trunk-silent');
    attempt.ledger.end(why, endedBy(why), undefined);
    return true;
  }

  #send(attempt: Attempt, dialing: Dialing): void {
    attempt.outgoing = this.call.sip.dial(
      dialing,
      this.#dialListener(attempt),
      this.#legListener('callee'),
    );
  }

  async #openAttempt(plan: CallPlan, leg: LegPlan): Promise<Attempt | undefined> {
    const { call, house } = this;
    const { route } = plan;
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
      this.driver.feed({ is: 'aborted', verdict: verdict('store-unavailable') });
      return undefined;
    }
  }

  #dialListener(attempt: Attempt): DialListener {
    return {
      progressed: (status, earlyMedia) => {
        if (status === 180 || status === 183) attempt.ledger.ringing();
        void this.#progressed(status, earlyMedia);
      },
      answered: (leg, sdp) => {
        attempt.leg = leg;
        attempt.sdp = sdp;
        attempt.ledger.answered();
        this.driver.feed({ is: 'callee-answered' });
      },
      failed: (v, status) => {
        attempt.ledger.end(v, 'callee', status);
        this.driver.feed({ is: 'callee-failed', verdict: v });
      },
    };
  }

  async #progressed(status: number, sdp: string | undefined): Promise<void> {
    // A description that cannot be used is not passed on; the sign of life is, and at once.
    if (sdp !== undefined) this.driver.feed({ is: 'callee-progressed' });
    const earlyMedia = sdp && (await this.#media.early(sdp).catch(() => undefined));
    this.#ring.heard(status, earlyMedia);
    this.driver.feed({ is: 'callee-progressed' });
  }

  async #answerCaller(): Promise<void> {
    const { call } = this;
    try {
      const sdp = this.#attempt?.sdp;
      if (sdp === undefined) throw new CallRefused('callee-answer-unusable');
      const ours = await this.#media.answerCaller(sdp);
      const { state } = this.driver;
      if ('verdict' in state) throw new CallRefused(state.verdict.reason, 'over before our 200');
      this.#callerLeg = await call.sip.answer(ours, this.#legListener('caller'));
      this.#noteAnswer();
      this.driver.feed({ is: 'caller-answered' });
    } catch (error) {
      const v = answerFailure(error);
      const { state } = this.driver;
      // The 200 has not left, so the caller still waits for a final response.
      call.sip.refuse('verdict' in state ? state.verdict : v);
      this.driver.feed({ is: 'answer-lost', verdict: v });
    }
  }

  #noteAnswer(): void {
    const { call, house } = this;
    if (this.driver.state.at === 'ended') return;
    this.#callerHears();
    call.callerLedger.answered();
    const after = this.#sinceArrival();
    house.metrics.callAnswered(call.direction, after);
    call.log.info('Call answered', { after_ms: after });
  }

  /** The caller hears of the callee for the first time: the end of the post-dial delay. */
  #callerHears(): void {
    if (this.#heardAt !== undefined) return;
    this.#heardAt = this.#sinceArrival();
    this.house.metrics.callSetup(this.call.direction, this.#heardAt);
    if (this.driver.state.at === 'dialing') this.call.callerLedger.ringing();
  }

  #sinceArrival(): Millis {
    return between(this.call.callerLedger.startedAt, this.house.clock.now());
  }

  #legListener(side: Side): LegListener {
    return {
      hungUp: (v) => {
        const trunk = side === 'caller' ? this.call.sip.arrival.trunk : this.calleeTrunk;
        this.driver.feed({ is: 'hung-up', by: side, verdict: onTrunk(v, trunk) });
      },
      reinvited: (offer, reply) => this.#renegotiation.reinvited(side, offer, reply),
      updated: (offer, reply) => this.#renegotiation.updated(side, offer, reply),
      dtmf: (digit, reply) => this.#renegotiation.dtmf(side, digit, reply),
      acknowledged: (answer) => this.#acknowledged(side, answer),
    };
  }

  /** The caller's first ACK completes a delayed offer; every later one belongs to a re-INVITE. */
  #acknowledged(side: Side, answer: string | undefined): void {
    const attempt = this.#attempt;
    const delayed = this.call.sip.arrival.offer === undefined && side === 'caller';
    if (!delayed || attempt?.sdp === undefined) {
      this.#renegotiation.acknowledged(side, answer);
      return;
    }
    attempt.sdp = undefined;
    void this.#complete(attempt, answer);
  }

  async #complete(attempt: Attempt, answer: string | undefined): Promise<void> {
    try {
      if (answer === undefined) throw new CallRefused('media-not-agreed');
      const ours = await this.#media.callerAcknowledged(answer);
      if (ours !== undefined) attempt.leg?.acknowledge(ours);
    } catch {
      this.driver.feed({ is: 'aborted', verdict: verdict('media-not-agreed') });
    }
  }

  /** Closes the records of whatever legs there were; the driver has settled on `v`. */
  closeBooks(v: Verdict): void {
    const by = endedBy(v);
    this.call.callerLedger.end(v, by, undefined);
    this.#attempt?.ledger.end(v, by, undefined);
  }
}

/** Whose doing an ending was, for the record. */
export function endedBy(v: Verdict): EndedBy {
  if (v.reason === 'caller-hung-up' || v.reason === 'caller-cancelled') return 'caller';
  if (v.reason === 'callee-hung-up' || v.result === 'callee_error') return 'callee';
  return 'system';
}

function answerFailure(error: unknown): Verdict {
  if (!(error instanceof CallRefused)) return verdict('internal-error');
  // The callee answered with something we cannot pass on: its fault, not the caller's.
  return error.verdict.reason === 'bad-offer' ? verdict('callee-answer-unusable') : error.verdict;
}

const credentialsOf = ({ route }: CallPlan): Pick<Dialing, 'credentials'> => ({
  credentials: route.trunk.outboundCredentials,
});

const countryOf = (party: PartyAddress | undefined): string | undefined =>
  party instanceof RealNumber ? party.country : undefined;
