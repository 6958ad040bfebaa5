import { randomInt } from 'node:crypto';
import type { NegotiatedAudio } from '../rtp/negotiated-audio.js';
import { agreeOn, settleOn, type LocalAudio } from './negotiation.js';
import { readDescription } from './session-description.js';
import { writeAnswer, writeOffer } from './write-description.js';

/** How an exchange of descriptions ended: our description and what to do with the media. */
export interface Exchanged {
  readonly local: string;
  readonly audio: NegotiatedAudio;
}

/** One party's descriptions from its first offer on (RFC 3264 §5 and §8). */
export class AudioSession {
  readonly #local: LocalAudio;
  /** RFC 4566 §5.2 wants it unique; below 2³¹ even careless readers keep it whole. */
  readonly #session = randomInt(1, 2 ** 31);
  #version = 0;
  /** Our description as it stands. */
  localSdp = '';
  /** The party's last description. */
  remoteSdp = '';

  constructor(local: LocalAudio) {
    this.#local = local;
  }

  get local(): LocalAudio {
    return this.#local;
  }

  /** Offers everything; the answer comes with the ACK. */
  offer(): string {
    this.localSdp = writeOffer(this.#nextOrigin(), this.#local);
    return this.localSdp;
  }

  /** Undefined when nothing can be agreed; then all stays as it was. */
  answer(offer: string): Exchanged | undefined {
    const description = readDescription(offer);
    const agreement = description && agreeOn(description, this.#local);
    if (description === undefined || agreement === undefined) return undefined;
    this.remoteSdp = offer;
    this.localSdp = writeAnswer(this.#nextOrigin(), this.#local, description, agreement);
    return { local: this.localSdp, audio: agreement.audio };
  }

  /** Takes the answer to our offer; undefined when it is none. */
  settle(answer: string): Exchanged | undefined {
    const description = readDescription(answer);
    const agreement = description && settleOn(description, this.#local);
    if (agreement === undefined) return undefined;
    this.remoteSdp = answer;
    return { local: this.localSdp, audio: agreement.audio };
  }

  #nextOrigin(): { session: number; version: number } {
    this.#version += 1;
    return { session: this.#session, version: this.#version };
  }
}
