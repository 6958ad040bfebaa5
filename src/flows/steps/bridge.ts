import { CallRefused, onTrunk, verdict, type Verdict } from '../../domain/calls/verdict.js';
import { seconds, type Millis } from '../../domain/time.js';
import type { CallTimer } from '../../domain/calls/call-state.js';
import type { Trunk } from '../../domain/identity/trunk.js';
import type { LegPlan } from '../../domain/identity/identity-plan.js';
import type { House } from '../house.js';
import type { EndpointLoss } from '../ports/media.js';
import type { Leg, LegListener, RefusalDetail } from '../ports/sip.js';
import type { CallControl } from '../call-control.js';
import { BridgeControl } from './bridge-control.js';
import { CallMedia } from './call-media.js';
import type { CallPlan } from './call-plan.js';
import type { CallUnderWay } from './call-under-way.js';
import { CalleeAttempts, describedBy } from './callee-attempts.js';
import { CallerAttempts } from './caller-attempts.js';
import { CallerSide } from './caller-side.js';
import { CallDriver, type CallOrigin, type LegEffect } from './drive-call.js';
import { endedBy, failedAnswer, lostInTalk } from './endings.js';
import type { GreetedCaller } from './greeted-caller.js';
import { Latch } from './latch.js';
import type { Side } from './media-path.js';
import type { LegLedger } from './leg-ledger.js';
import { Renegotiation } from './renegotiate.js';

type Effects = {
  readonly [D in LegEffect['do']]: (effect: Extract<LegEffect, { do: D }>) => void;
};

/**
 * Joins the caller's leg with the callee's: tells the driver what happens on either, and carries
 * out what the driver decides.
 */
export class Bridge {
  readonly driver: CallDriver;
  #plan: CallPlan | undefined;
  /** A caller without an offer answers ours with its first ACK; until then it has no media. */
  #awaitsAck: boolean;
  /** The caller is answered before any callee. */
  #greeted = false;
  /** Says goodbye to a greeted caller who gets no callee. */
  farewell: (() => Promise<void>) | undefined;
  /** A greeted caller can hear us, or the call is over. */
  readonly #heard = new Latch();
  readonly #ledgers: LegLedger[] = [];
  #calling: CallerAttempts | undefined;
  readonly #media: CallMedia;
  readonly #caller: CallerSide;
  readonly #callee: CalleeAttempts;
  readonly #renegotiation: Renegotiation;

  constructor(
    private readonly call: CallUnderWay,
    house: House,
    origin: CallOrigin = 'arrived',
  ) {
    this.#awaitsAck = origin === 'arrived' && call.sip.arrival.offer === undefined;
    this.driver = new CallDriver({
      clock: house.clock,
      log: call.log,
      timerLength: (timer) => this.#timerLength(timer),
      carryOut: (effect) => this.#carryOut(effect),
      origin,
    });
    const { driver } = this;
    this.#media = new CallMedia(call, house, {
      lost: (why) => driver.feed({ is: 'aborted', verdict: this.#verdictOfLoss(why) }),
      failed: (v) => driver.feed({ is: 'aborted', verdict: v }),
      know: (side, change) => (side === 'caller' ? call.callerLedger : this.#callee).know(change),
    });
    const base = { call, house, driver };
    this.#caller = new CallerSide({ ...base, legListener: this.#legListener('caller') });
    this.#callee = new CalleeAttempts({
      ...base,
      invite: () => this.#media.inviteCallee(),
      progressed: (status, sdp) => void this.#progressed(status, sdp),
      legListener: this.#legListener('callee'),
    });
    void this.driver.settled.then(() => this.#heard.open());
    this.#renegotiation = new Renegotiation({
      media: () => this.#media.path,
      clock: house.clock,
      ids: house.ids,
      leg: (side) => this.#leg(side),
      lost: (why) => driver.feed({ is: 'aborted', verdict: verdict(why) }),
    });
    call.sip.listen({
      cancelled: () => driver.feed({ is: 'caller-cancelled' }),
      leaked: () => driver.feed({ is: 'aborted', verdict: verdict('leak-blocked') }),
    });
  }

  /** Ends a call that gets no callee. */
  refuse(v: Verdict, detail?: RefusalDetail): void {
    this.#caller.refusalDetail = detail;
    this.driver.feed({ is: 'refused', verdict: v });
  }

  /** Undefined until the call has a way to go. */
  get calleeTrunk(): Trunk | undefined {
    return this.#plan?.route.trunk;
  }

  /**
   * Answers the caller before it is known where the call goes, because somebody of ours speaks.
   * @throws CallRefused when it is gone before it can be spoken to.
   */
  async greet(): Promise<GreetedCaller> {
    this.#greeted = true;
    this.driver.feed({ is: 'greeted' });
    return await this.#greetedCaller();
  }

  /** A further record that ends with the call, unless it ends before. */
  closeWithCall(ledger: LegLedger): void {
    this.#ledgers.push(ledger);
  }

  /**
   * Calls the first party of a call of ours.
   * @param attempts one for each of its targets, in order.
   * @throws CallRefused when nobody answers.
   */
  async callFirst(attempts: readonly LegPlan[]): Promise<GreetedCaller> {
    this.#greeted = true;
    this.#calling = new CallerAttempts({
      call: this.call,
      driver: this.driver,
      attempts,
      offer: () => this.#media.greetCaller(),
      agree: (answer) => this.#media.path.callerAcknowledged(answer),
      answered: (leg) => {
        this.#caller.called(leg);
        this.#heard.open();
      },
      legListener: this.#legListener('caller'),
    });
    this.driver.feed({ is: 'originated', targets: attempts.length });
    return await this.#greetedCaller();
  }

  /** @throws CallRefused when it is gone before it can be spoken to. */
  async #greetedCaller(): Promise<GreetedCaller> {
    const over = new AbortController();
    void this.driver.settled.then(() => over.abort());
    await this.#heard.promise;
    const endpoint = this.#media.audio.endpoint('caller');
    if (this.driver.state.at !== 'routing' || endpoint === undefined) {
      throw new CallRefused('caller-hung-up');
    }
    return {
      endpoint,
      onDigit: (hear) => this.#media.digits.hear('caller', hear),
      over: over.signal,
    };
  }

  /** Dials the plan; from here on the legs and the driver have the word. */
  converse(plan: CallPlan): void {
    this.#plan = plan;
    this.#media.follow(plan);
    this.driver.feed({ is: 'routed', targets: plan.attempts.length });
  }

  /** For orders from outside, as soon as it is known whose call this is. */
  control({ tenant, sessionId }: CallPlan['route']): CallControl {
    const { id, urgency } = this.call;
    return new BridgeControl({
      call: { id, tenant: tenant.id, sessionId, isEmergency: urgency === 'emergency' },
      driver: this.driver,
      media: this.#media,
      leg: (side) => this.#leg(side),
    });
  }

  /** Closes the records of whatever legs there were; the driver has settled on `v`. */
  closeBooks(v: Verdict): void {
    for (const ledger of [this.call.callerLedger, ...this.#ledgers]) {
      ledger.end(v, endedBy(v), undefined);
    }
    this.#callee.closeBooks(v);
  }

  /** Resolves when nothing of the call's audio is left. */
  release(): Promise<void> {
    return this.#media.release();
  }

  #leg(side: Side): Leg | undefined {
    return (side === 'caller' ? this.#caller : this.#callee).leg;
  }

  #timerLength(timer: CallTimer): Millis {
    const { at } = this.driver.state;
    const trunk = at === 'calling' ? this.call.sip.arrival.trunk : this.calleeTrunk;
    if (trunk === undefined) return seconds(60);
    return timer === 'no-answer' ? trunk.noAnswerAfter : trunk.progressWithin;
  }

  readonly #effects: Effects = {
    'call-caller': ({ target }) => void this.#calling?.dial(target),
    'cancel-caller': ({ verdict: v }) => this.#calling?.cancel(v),
    dial: ({ target }) => void this.#dial(target),
    'ring-caller': () => (this.#caller.leg ? this.#media.ring() : this.#caller.ring()),
    'answer-caller': () => void this.#answerCaller(),
    'begin-talk': () => void this.#beginTalk(),
    'refuse-caller': ({ verdict: v }) => this.#caller.refuse(v),
    'dismiss-caller': () => void this.#dismiss(),
    'cancel-callee': ({ verdict: v }) => this.#callee.cancel(v),
    'hang-up-caller': ({ verdict: v }) => this.#caller.leg?.hangUp(v),
    'hang-up-callee': ({ verdict: v }) => this.#callee.leg?.hangUp(v),
  };

  #carryOut(effect: LegEffect): void {
    // The type of the table proves that its row takes this effect; indexing alone cannot say so.
    (this.#effects[effect.do] as (effect: LegEffect) => void)(effect);
  }

  async #dial(target: number): Promise<void> {
    if (this.#plan !== undefined) await this.#callee.dial(this.#plan, target);
  }

  #describeAnswer(): Promise<string> {
    if (this.#greeted) return this.#media.greetCaller();
    return this.#media.path.answerCaller(describedBy(this.#callee));
  }

  async #answerCaller(): Promise<void> {
    await this.#caller.answer(() => this.#describeAnswer());
    if (!this.#awaitsAck) this.#heard.open();
  }

  async #dismiss(): Promise<void> {
    this.#media.stopRinging();
    // What cannot be said any more is left unsaid.
    await this.farewell?.().catch(() => undefined);
    this.driver.feed({ is: 'dismissed' });
  }

  async #progressed(status: number, sdp: string | undefined): Promise<void> {
    if (sdp === undefined || this.#media.keepsEarlyMedia) {
      // Where the callee is not to be heard yet, all that the caller learns is that it rings.
      this.#caller.heard(sdp === undefined || status !== 183 ? status : 180, undefined);
      this.driver.feed({ is: 'callee-progressed' });
      return;
    }
    // The early media may take its time; the sign of life is taken at once.
    this.driver.feed({ is: 'callee-progressed' });
    const dialing = this.driver.state;
    const early = await this.#media.early(sdp);
    if (this.driver.state !== dialing) return;
    this.#caller.heard(status, early);
    this.driver.feed({ is: 'callee-progressed' });
  }

  async #beginTalk(): Promise<void> {
    // Whoever was answered before its callee has not been told of it yet, nor has the media server.
    if (this.#greeted && !(await this.#joinCallee())) return;
    if (!this.#awaitsAck) this.#media.beginTalk();
  }

  async #joinCallee(): Promise<boolean> {
    try {
      await this.#media.path.answerCaller(describedBy(this.#callee));
      return true;
    } catch (error) {
      this.driver.feed({ is: 'aborted', verdict: failedAnswer(error) });
      return false;
    }
  }

  #legListener(side: Side): LegListener {
    return {
      hungUp: (v) => {
        const trunk = side === 'caller' ? this.call.sip.arrival.trunk : this.calleeTrunk;
        this.driver.feed({ is: 'hung-up', by: side, verdict: onTrunk(v, trunk) });
      },
      reinvited: (offer, reply) => this.#renegotiation.reinvited(side, offer, reply),
      updated: (offer, reply) => this.#renegotiation.updated(side, offer, reply),
      dtmf: (digit, reply) => {
        this.#media.digits.pressed(side, digit.digit);
        if (this.#media.preparing) void reply.accept();
        else this.#renegotiation.dtmf(side, digit, reply);
      },
      acknowledged: (answer) => {
        if (side === 'caller' && this.#awaitsAck) void this.#complete(answer);
        else this.#renegotiation.acknowledged(side, answer);
      },
    };
  }

  /** The caller's first ACK completes a delayed offer; every later one belongs to a re-INVITE. */
  async #complete(answer: string | undefined): Promise<void> {
    this.#awaitsAck = false;
    try {
      if (answer === undefined) throw new CallRefused('media-not-agreed');
      const ours = await this.#media.path.callerAcknowledged(answer);
      if (ours !== undefined) this.#callee.leg?.acknowledge(ours);
      this.#heard.open();
      if (this.driver.state.at === 'talking') this.#media.beginTalk();
    } catch {
      this.driver.feed({ is: 'aborted', verdict: verdict('media-not-agreed') });
    }
  }

  #verdictOfLoss(why: EndpointLoss): Verdict {
    const { at } = this.driver.state;
    const answered = at === 'talking' || (this.#greeted && this.#caller.leg !== undefined);
    return answered ? lostInTalk(why) : verdict('media-unavailable');
  }
}
