import { verdict, type Verdict } from '../../domain/calls/verdict.js';
import type { House } from '../house.js';
import type { EndpointLoss } from '../ports/media.js';
import type { LegUpdate } from '../ports/records.js';
import type { AnsweredCall } from '../talk-step.js';
import { AnchoredMedia } from './anchored-media.js';
import { CallAudio } from './call-audio.js';
import type { BeforeTalk, CallPlan } from './call-plan.js';
import type { CallUnderWay } from './call-under-way.js';
import { Digits } from './digits.js';
import { DirectMedia } from './direct-media.js';
import type { MediaPath, Side } from './media-path.js';
import { OwnDescriptions } from './own-descriptions.js';
import { Ringback } from './ringback.js';
import { Talk } from './talk.js';

export interface CallMediaListener {
  /** An endpoint is gone, and with it the audio of one side. */
  lost(why: EndpointLoss): void;
  /** The talk cannot begin, or may not go on. */
  failed(v: Verdict): void;
  know(side: Side, change: LegUpdate): void;
}

/** The media of one call: direct until its plan says otherwise. */
export class CallMedia {
  readonly audio: CallAudio;
  readonly digits = new Digits();
  readonly #own: OwnDescriptions;
  readonly #ringback = new Ringback();
  #path: MediaPath;
  #anchored: AnchoredMedia | undefined;
  #before: BeforeTalk | undefined;
  #talk: Talk | undefined;
  /** How many targets have been invited: what an earlier one still says is not for the caller. */
  #invited = 0;
  #answeredCall: AnsweredCall | undefined;

  constructor(
    private readonly call: CallUnderWay,
    private readonly house: House,
    private readonly listener: CallMediaListener,
  ) {
    const { ownAddress, offer } = call.sip.arrival;
    this.#own = new OwnDescriptions(house.ids, ownAddress);
    this.#path = new DirectMedia(this.#own, offer);
    this.audio = new CallAudio(house.media, {
      lost: (why) => this.listener.lost(why),
      digit: (side, digit) => this.digits.pressed(side, digit),
    });
  }

  get path(): MediaPath {
    return this.#path;
  }

  get recorder(): AnsweredCall['recorder'] {
    return this.#answeredCall?.recorder;
  }

  /** What the parties press and say is not for each other yet. */
  get preparing(): boolean {
    return this.#talk?.preparing ?? false;
  }

  /** What has to be said or recorded first comes before any word of the callee, also an early one. */
  get keepsEarlyMedia(): boolean {
    return this.#before !== undefined;
  }

  /** @throws MediaFailed when a call that needs a media server gets none. */
  follow({ anchored, beforeTalk }: CallPlan): void {
    this.#before = beforeTalk;
    if (!anchored) return;
    this.audio.choose();
    this.#anchor(beforeTalk === undefined);
  }

  /** What a caller hears in our 200 whom somebody of ours will talk with before any callee. */
  greetCaller(): Promise<string> {
    return this.#anchor(false).greetCaller();
  }

  /**
   * What the next target is offered.
   * @throws MediaFailed; CallRefused
   */
  async inviteCallee(): Promise<string | undefined> {
    this.#invited += 1;
    // The early media of a target that failed may have joined them.
    if (this.#anchored) await this.audio.part();
    return await this.#path.inviteCallee();
  }

  /** What the caller may be told of the callee's early media; undefined: nothing. */
  async early(sdp: string): Promise<string | undefined> {
    if (this.keepsEarlyMedia) return undefined;
    const target = this.#invited;
    try {
      const early = await this.#path.early(sdp);
      if (early === undefined || target !== this.#invited) return undefined;
      this.#ringback.stop();
      if (this.#anchored) await this.audio.join();
      return early;
    } catch {
      // Ringing without early media is what every telephone knows.
      return undefined;
    }
  }

  /** An answered caller hears its callee ring. */
  ring(): void {
    const endpoint = this.audio.endpoint('caller');
    if (endpoint) this.#ringback.start(endpoint, this.call.sip.arrival.trunk.country);
  }

  stopRinging(): void {
    this.#ringback.stop();
  }

  /** Both have answered, and both have agreed on their media. */
  beginTalk(): void {
    this.#ringback.stop();
    if (this.#anchored === undefined) return;
    this.#talk ??= new Talk({
      audio: this.audio,
      clock: this.house.clock,
      log: this.call.log,
      steps: this.#before?.steps ?? [],
      answered: () => (this.#answeredCall = this.#answered()),
      failed: (v) => this.listener.failed(v),
    });
    this.#talk.begin();
  }

  /** Resolves when nothing of the call's audio is left. */
  async release(): Promise<void> {
    this.#ringback.stop();
    await this.#talk?.end();
    this.audio.release();
  }

  #anchor(untouched: boolean): AnchoredMedia {
    if (this.#anchored === undefined) {
      const callerOffer = this.call.sip.arrival.offer;
      const { audio } = this;
      this.#anchored = new AnchoredMedia({ own: this.#own, audio, callerOffer, untouched });
      this.#path = this.#anchored;
    }
    return this.#anchored;
  }

  #answered(): AnsweredCall | undefined {
    const [caller, callee] = [this.audio.endpoint('caller'), this.audio.endpoint('callee')];
    if (this.#before === undefined || !caller || !callee) return undefined;
    return {
      id: this.call.id,
      direction: this.call.direction,
      log: this.call.log,
      route: this.#before.route,
      endpoints: { caller, callee },
      consent: undefined,
      recorder: undefined,
      abort: (reason) => this.listener.failed(verdict(reason)),
      know: (side, change) => this.listener.know(side, change),
      onDigit: (side, hear) => this.digits.hear(side, hear),
    };
  }
}
