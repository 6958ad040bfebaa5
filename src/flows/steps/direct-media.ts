import { isDeepStrictEqual } from 'node:util';
import { CallRefused, type VerdictReason } from '../../domain/calls/verdict.js';
import {
  fitAnswer,
  readSdp,
  type MediaDescription,
  type SdpReading,
} from '../../domain/identity/sdp.js';
import type { Agreed, MediaPath, Side } from './media-path.js';
import type { OwnDescriptions } from './own-descriptions.js';

/** Media flows between the parties themselves: where each of them is crosses in the descriptions. */
export class DirectMedia implements MediaPath {
  /** The offer that the next answer belongs to. */
  #offer: MediaDescription | undefined;
  #agreed: Agreed | undefined;

  /** @param callerOffer undefined: the caller wants our offer in the 200 (RFC 3264 §5). */
  constructor(
    private readonly own: OwnDescriptions,
    private readonly callerOffer: string | undefined,
  ) {}

  get agreed(): Agreed | undefined {
    return this.#agreed;
  }

  async inviteCallee(): Promise<string | undefined> {
    return this.callerOffer && (await this.offer('callee', this.callerOffer));
  }

  async early(sdp: string): Promise<string | undefined> {
    // Without an offer of the caller's there is nothing that early SDP could answer.
    return this.callerOffer && (await this.answer('caller', sdp));
  }

  answerCaller(sdp: string): Promise<string> {
    return this.callerOffer === undefined ? this.offer('caller', sdp) : this.answer('caller', sdp);
  }

  callerAcknowledged(answer: string): Promise<string> {
    return this.answer('callee', answer);
  }

  offer(towards: Side, sdp: string): Promise<string> {
    return settled(() => {
      this.#offer = read(readSdp(sdp), 'bad-offer');
      return this.own.write(towards, this.#offer);
    });
  }

  answer(towards: Side, sdp: string): Promise<string> {
    return settled(() => {
      const answer = read(readSdp(sdp), 'callee-answer-unusable');
      const offer = this.#offer;
      if (offer === undefined) throw new CallRefused('callee-answer-unusable', 'no offer');
      const fitted = read(fitAnswer(offer, answer), 'callee-answer-unusable');
      const [caller, callee] = towards === 'caller' ? [fitted, offer] : [offer, fitted];
      this.#agreed = { told: { caller, callee }, heard: { caller: callee, callee: caller } };
      return this.own.write(towards, fitted);
    });
  }

  restate(towards: Side, session: Agreed): Promise<string> {
    this.#offer = session.told[towards];
    return settled(() => this.own.write(towards, session.told[towards]));
  }

  answerAgain(towards: Side, sdp: string, session: Agreed): Promise<string> {
    return settled(() => {
      const offer = read(readSdp(sdp), 'media-not-agreed');
      this.#offer = read(fitAnswer(offer, session.told[towards]), 'media-not-agreed');
      return this.own.write(towards, this.#offer);
    });
  }

  unchanged(side: Side, session: Agreed): boolean {
    return isDeepStrictEqual(this.#agreed?.told[side], session.told[side]);
  }
}

/** Nothing has to be waited for, but who asks must not count on that. */
const settled = <T>(run: () => T): Promise<T> => new Promise((resolve) => resolve(run()));

function read(reading: SdpReading, otherwise: VerdictReason): MediaDescription {
  if (!reading.ok) throw new CallRefused(otherwise, reading.why);
  return reading.media;
}
