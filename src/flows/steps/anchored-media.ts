import { CallRefused, type VerdictReason } from '../../domain/calls/verdict.js';
import {
  anchoredStream,
  inCommon,
  isG711,
  PayloadTypes,
  speaking,
  speechFor,
} from '../../domain/identity/sdp/anchored-codecs.js';
import { isSpeech } from '../../domain/identity/sdp/codecs.js';
import {
  fitAnswer,
  readSdp,
  type AudioStream,
  type MediaDescription,
  type SdpReading,
} from '../../domain/identity/sdp.js';
import type { Codec } from '../../domain/identity/media-description.js';
import { AnchoredParty } from './anchored-party.js';
import type { CallAudio } from './call-audio.js';
import { otherSide, type Agreed, type MediaPath, type Side } from './media-path.js';
import type { OwnDescriptions } from './own-descriptions.js';

/** An offer that we have made to one party. */
interface OurOffer {
  readonly to: Side;
  readonly made: MediaDescription;
  /** The other party's offer that it was made of, and that waits for an answer. */
  readonly of: MediaDescription | undefined;
}

export interface AnchoredMediaDeps {
  readonly own: OwnDescriptions;
  readonly audio: CallAudio;
  /** Undefined: the caller wants our offer in the 200 (RFC 3264 §5). */
  readonly callerOffer: string | undefined;
  /** Nothing is played to the parties or recorded of them: they may talk in a codec of their own. */
  readonly untouched: boolean;
}

/**
 * Media flows by way of two endpoints on one media server, so neither party learns anything of the
 * other's telephone. Each is told of its own endpoint, in our words; what crosses is which codec they
 * share, when it is not G.711, and the direction, so that hold and its music go on working.
 */
export class AnchoredMedia implements MediaPath {
  readonly #parties: Readonly<Record<Side, AnchoredParty>>;
  readonly #payloads = { caller: new PayloadTypes(), callee: new PayloadTypes() };
  readonly #told: Partial<Record<Side, MediaDescription>> = {};
  readonly #heard: Partial<Record<Side, MediaDescription>> = {};
  #offer: OurOffer | undefined;
  /** The caller has been answered before any callee. */
  #greeted = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly deps: AnchoredMediaDeps) {
    const { audio } = deps;
    this.#parties = {
      caller: new AnchoredParty('caller', audio),
      callee: new AnchoredParty('callee', audio),
    };
  }

  get agreed(): Agreed | undefined {
    const told = both(this.#told);
    const heard = both(this.#heard);
    return told && heard && { told, heard };
  }

  /**
   * What the caller is told when it is answered before any callee, or called by us: the answer to
   * its offer, or ours. Its answer to that comes by `callerAcknowledged`.
   */
  greetCaller(): Promise<string> {
    return this.#inTurn(async () => {
      const offer = this.#callerOffer();
      await this.#openCaller(offer);
      this.#greeted = true;
      if (offer === undefined) return this.#offerCaller('sendrecv');
      return this.deps.own.write('caller', this.#tellCaller(offer));
    });
  }

  inviteCallee(): Promise<string> {
    return this.#inTurn(async () => {
      const offer = this.#callerOffer();
      await Promise.all([this.#openCaller(offer), this.#openCallee(offer)]);
      await this.#leaveTarget();
      const { callee, caller } = this.#parties;
      // What the caller was told of early media, or by a greeting, must stay true.
      const settled = this.#told.caller && caller.spoken;
      const all = speechFor(settled ? [settled] : streamOf(offer)?.codecs, this.deps.untouched);
      const codecs = this.#payloads.callee.numbered(callee.among(all));
      const made = one(callee.stream(codecs, streamOf(offer)?.direction ?? 'sendrecv'));
      this.#offer = { to: 'callee', made, of: this.#greeted ? undefined : offer };
      return this.deps.own.write('callee', made);
    });
  }

  early(sdp: string): Promise<string | undefined> {
    return this.#inTurn(async () => {
      await this.#answered('callee', sdp);
      return this.#told.caller && this.deps.own.write('caller', this.#told.caller);
    });
  }

  answerCaller(sdp: string): Promise<string> {
    return this.#inTurn(async () => {
      const direction = await this.#answered('callee', sdp);
      const { caller } = this.#told;
      return caller ? this.deps.own.write('caller', caller) : this.#offerCaller(direction);
    });
  }

  callerAcknowledged(answer: string): Promise<undefined> {
    return this.#inTurn(async () => {
      await this.#answered('caller', answer);
      return undefined;
    });
  }

  offer(towards: Side, sdp: string): Promise<string> {
    return this.#inTurn(() => {
      const of = read(readSdp(sdp), 'bad-offer');
      const by = otherSide(towards);
      const { codecs, direction } = carried(of, 'bad-offer');
      this.#payloads[by].learn(codecs);
      const made = this.#reoffer(towards, codecs, direction);
      this.#offer = { to: towards, made, of };
      return this.deps.own.write(towards, made);
    });
  }

  answer(towards: Side, sdp: string): Promise<string> {
    return this.#inTurn(async () => {
      await this.#answered(otherSide(towards), sdp);
      const told = this.#told[towards];
      if (told === undefined) throw new CallRefused('callee-answer-unusable', 'no offer');
      return this.deps.own.write(towards, told);
    });
  }

  restate(towards: Side, { told, heard }: Agreed): Promise<string> {
    return this.#inTurn(() => {
      this.#offer = { to: towards, made: told[towards], of: heard[otherSide(towards)] };
      return this.deps.own.write(towards, told[towards]);
    });
  }

  answerAgain(towards: Side, sdp: string, { told, heard }: Agreed): Promise<string> {
    return this.#inTurn(() => {
      const offer = read(readSdp(sdp), 'media-not-agreed');
      const made = read(fitAnswer(offer, told[towards]), 'media-not-agreed');
      this.#offer = { to: towards, made, of: heard[otherSide(towards)] };
      return this.deps.own.write(towards, made);
    });
  }

  unchanged(side: Side, since: Agreed): boolean {
    const [now, then] = [this.#told[side], since.told[side]].map((told) => told && streamOf(told));
    if (now === undefined || then === undefined) return false;
    const [a, b] = [now.codecs[0], then.codecs[0]];
    return now.direction === then.direction && a?.name === b?.name && a?.payload === b?.payload;
  }

  /** Gives both servers' ends what was agreed with the answer `sdp` of one party to our offer. */
  async #answered(by: Side, sdp: string): Promise<AudioStream['direction']> {
    const ours = this.#offer;
    if (ours?.to !== by) throw new CallRefused('callee-answer-unusable', 'no offer');
    const answer = read(readSdp(sdp), 'callee-answer-unusable');
    const fitted = read(fitAnswer(ours.made, answer), 'callee-answer-unusable');
    const stream = carried(fitted, 'callee-answer-unusable');
    const spoken = stream.codecs.find(isSpeech);
    if (spoken === undefined) throw new CallRefused('callee-answer-unusable', 'no speech');
    await this.#parties[by].agree(stream, spoken);
    this.#told[by] = ours.made;
    this.#heard[by] = fitted;
    if (ours.of !== undefined) await this.#agreeWithOfferer(ours, spoken, stream.direction);
    return stream.direction;
  }

  /** The party whose offer was passed on speaks what the other has chosen, or G.711 of its own. */
  async #agreeWithOfferer(
    { to, made, of }: OurOffer,
    chosen: Codec,
    direction: AudioStream['direction'],
  ): Promise<void> {
    if (of === undefined) return;
    const by = otherSide(to);
    const stream = carried(of, 'bad-offer');
    const offered = inCommon(streamOf(made)?.codecs ?? [], chosen);
    const spoken = isG711(chosen)
      ? this.#law(by, stream.codecs, chosen)
      : offered && inCommon(stream.codecs, offered);
    if (spoken === undefined) throw new CallRefused('callee-answer-unusable', 'no common codec');
    const own = isG711(chosen) ? spoken : { ...spoken, fmtp: chosen.fmtp };
    await this.#parties[by].agree(stream, spoken);
    const told = this.#parties[by].stream(speaking(own, stream.codecs), direction);
    this.#told[by] = shapedLike(of, told);
    this.#heard[by] = of;
  }

  /** The law that the party speaks already, for the server converts; else the other's. */
  #law(by: Side, named: readonly Codec[], chosen: Codec): Codec | undefined {
    const now = this.#parties[by].spoken;
    const same = now && isG711(now) ? inCommon(named, now) : undefined;
    return same ?? inCommon(named, chosen) ?? named.find(isG711);
  }

  /** An answer must find its offer, and a server takes one description after the other. */
  #inTurn<T>(run: () => T | Promise<T>): Promise<T> {
    const done = this.#turn.then(run);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #callerOffer(): MediaDescription | undefined {
    const { callerOffer } = this.deps;
    return callerOffer === undefined ? undefined : read(readSdp(callerOffer), 'bad-offer');
  }

  async #openCaller(offer: MediaDescription | undefined): Promise<void> {
    const { caller } = this.#parties;
    if (caller.isOpen) return;
    const numbers = this.#payloads.caller;
    if (offer === undefined) {
      await caller.open(undefined, numbers.numbered(speechFor(undefined, false)));
      return;
    }
    const stream = carried(offer, 'bad-offer');
    numbers.learn(stream.codecs);
    const { untouched } = this.deps;
    const speech = stream.codecs.filter((each) => isG711(each) || (untouched && isSpeech(each)));
    const g711 = speech.filter(isG711);
    // Until the callee has chosen, G.711 serves: it can be rung and spoken into.
    const first = (g711.length > 0 ? g711 : speech)[0];
    if (first === undefined) throw new CallRefused('bad-offer', 'nothing that can be played into');
    const codecs = g711.length > 0 ? [...g711, ...speaking(first, stream.codecs).slice(1)] : speech;
    await caller.open({ ...stream, codecs }, numbers.numbered(speech));
  }

  async #openCallee(offer: MediaDescription | undefined): Promise<void> {
    const { callee } = this.#parties;
    if (callee.isOpen) return;
    const speech = speechFor(streamOf(offer)?.codecs, this.deps.untouched);
    await callee.open(undefined, this.#payloads.callee.numbered(speech));
  }

  /** A target that failed after its early media is sent no more, and heard no more. */
  async #leaveTarget(): Promise<void> {
    const { callee } = this.#parties;
    const early = streamOf(this.#heard.callee);
    if (early === undefined || callee.spoken === undefined) return;
    await callee.agree({ ...early, direction: 'inactive' }, callee.spoken);
    delete this.#heard.callee;
    delete this.#told.callee;
  }

  #offerCaller(direction: AudioStream['direction']): string {
    const { caller } = this.#parties;
    const codecs = this.#payloads.caller.numbered(caller.among(speechFor(undefined, false)));
    const made = one(caller.stream(codecs, direction));
    this.#offer = { to: 'caller', made, of: undefined };
    return this.deps.own.write('caller', made);
  }

  #tellCaller(offer: MediaDescription): MediaDescription {
    const { caller } = this.#parties;
    const { codecs } = carried(offer, 'bad-offer');
    const spoken = caller.spoken ? speaking(caller.spoken, codecs) : [];
    this.#heard.caller = offer;
    return (this.#told.caller = shapedLike(offer, caller.stream(spoken, 'sendrecv')));
  }

  /** An offer within the session: what is spoken now comes first, so that a hold changes no codec. */
  #reoffer(
    towards: Side,
    others: readonly Codec[],
    direction: AudioStream['direction'],
  ): MediaDescription {
    const party = this.#parties[towards];
    const other = this.#parties[otherSide(towards)];
    const speech = party.among(other.among(speechFor(others, this.deps.untouched)));
    if (speech.length === 0) throw new CallRefused('bad-offer', 'no common codec');
    const now = party.spoken && inCommon(speech, party.spoken);
    const ordered = now ? [now, ...speech.filter((each) => each !== now)] : speech;
    const stream = party.stream(this.#payloads[towards].numbered(ordered), direction);
    const before = this.#told[towards];
    return before ? shapedLike(before, stream) : one(stream);
  }
}

const one = (stream: AudioStream): MediaDescription => ({ streams: [stream] });

const streamOf = (media: MediaDescription | undefined): AudioStream | undefined =>
  media && anchoredStream(media);

function carried(media: MediaDescription, otherwise: VerdictReason): AudioStream {
  const stream = anchoredStream(media);
  if (stream === undefined) throw new CallRefused(otherwise, 'only secure audio');
  return stream;
}

/** As many m-lines as `template` has, in their places; only the audio that we carry is there. */
function shapedLike(template: MediaDescription, stream: AudioStream): MediaDescription {
  const place = anchoredStream(template);
  return {
    streams: template.streams.map((each) => {
      if (each.kind === 'rejected') return each;
      if (each === place) return { ...stream, profile: each.profile };
      return { kind: 'rejected', media: 'audio', protocol: each.profile };
    }),
  };
}

function both<T>(of: Partial<Record<Side, T>>): Record<Side, T> | undefined {
  const { caller, callee } = of;
  return caller === undefined || callee === undefined ? undefined : { caller, callee };
}

function read(reading: SdpReading, otherwise: VerdictReason): MediaDescription {
  if (!reading.ok) throw new CallRefused(otherwise, reading.why);
  return reading.media;
}
