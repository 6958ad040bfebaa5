import { CallRefused, type VerdictReason } from '../../domain/calls/verdict.js';
import {
  fitAnswer,
  readSdp,
  writeSdp,
  type MediaDescription,
  type SdpReading,
} from '../../domain/identity/sdp.js';
import type { Ids } from '../../domain/ids.js';

export type Side = 'caller' | 'callee';

export const otherSide = (side: Side): Side => (side === 'caller' ? 'callee' : 'caller');

/** Our own origin line towards one side: its session id never changes, its version counts up. */
interface Origin {
  readonly sessionId: string;
  version: number;
  /** What was last written under this version. */
  written: string | undefined;
}

/** What each side was told in the last offer and answer that belong together. */
export type Agreed = Readonly<Record<Side, MediaDescription>>;

/**
 * Carries session descriptions from one side to the other. Nothing of the text crosses: it is read
 * into an allow-listed model and written anew, under an origin line of our own (RFC 8866 §5.2).
 */
export class MediaPath {
  readonly #origins: Record<Side, Origin>;
  readonly #ownAddress: string;
  /** The offer that the next answer belongs to. */
  #offer: MediaDescription | undefined;
  #agreed: Agreed | undefined;

  constructor(ids: Ids, ownAddress: string) {
    this.#origins = { caller: freshOrigin(ids), callee: freshOrigin(ids) };
    this.#ownAddress = ownAddress;
  }

  get agreed(): Agreed | undefined {
    return this.#agreed;
  }

  /** @throws CallRefused (bad-offer) when the offer cannot be read or has nothing we carry. */
  offer(towards: Side, sdp: string): string {
    this.#offer = read(readSdp(sdp), 'bad-offer');
    return this.#write(towards, this.#offer);
  }

  /** @throws CallRefused (callee-answer-unusable) when the answer does not fit the last offer. */
  answer(towards: Side, sdp: string): string {
    const answer = read(readSdp(sdp), 'callee-answer-unusable');
    const offer = this.#offer;
    if (offer === undefined) throw new CallRefused('callee-answer-unusable', 'no offer');
    const fitted = read(fitAnswer(offer, answer), 'callee-answer-unusable');
    this.#agreed =
      towards === 'caller' ? { caller: fitted, callee: offer } : { caller: offer, callee: fitted };
    return this.#write(towards, fitted);
  }

  /** Offers one side what it was told once before. */
  restate(towards: Side, former: MediaDescription): string {
    this.#offer = former;
    return this.#write(towards, former);
  }

  /**
   * Answers the offer `sdp` of one side with what it was told once before. `sdp` may then be passed
   * on as the answer to that.
   * @throws CallRefused (media-not-agreed) when that does not answer it.
   */
  answerAgain(towards: Side, sdp: string, former: MediaDescription): string {
    const offer = read(readSdp(sdp), 'media-not-agreed');
    const fitted = read(fitAnswer(offer, former), 'media-not-agreed');
    this.#offer = fitted;
    return this.#write(towards, fitted);
  }

  #write(towards: Side, media: MediaDescription): string {
    const origin = this.#origins[towards];
    const write = (): string => writeSdp(media, { ...origin, address: this.#ownAddress });
    // A new version says that something has changed (RFC 3264 §8): early and final answer may not.
    if (origin.written === undefined || write() !== origin.written) {
      if (origin.written !== undefined) origin.version += 1;
      origin.written = write();
    }
    return origin.written;
  }
}

function read(reading: SdpReading, otherwise: VerdictReason): MediaDescription {
  if (!reading.ok) throw new CallRefused(otherwise, reading.why);
  return reading.media;
}

function freshOrigin(ids: Ids): Origin {
  // RFC 8866 §5.2 wants digits; 32 random bits tell nothing of the time and are too short to be taken for a number.
  return { sessionId: BigInt(`0x${ids.random(4)}`).toString(), version: 1, written: undefined };
}
