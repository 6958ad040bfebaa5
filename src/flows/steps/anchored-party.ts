import { CallRefused } from '../../domain/calls/verdict.js';
import { isSpeech } from '../../domain/identity/sdp/codecs.js';
import { anchoredStream, inCommon, speaking } from '../../domain/identity/sdp/anchored-codecs.js';
import {
  readSdp,
  writeSdp,
  type AudioStream,
  type MediaDescription,
} from '../../domain/identity/sdp.js';
import type { Codec, Direction } from '../../domain/identity/media-description.js';
import type { MediaEndpoint } from '../ports/media.js';
import type { CallAudio } from './call-audio.js';
import type { Side } from './media-path.js';

/**
 * One party and its endpoint: what the server knows of the party, and where the party finds it. What
 * either says is read and written anew on its way to the other.
 */
export class AnchoredParty {
  #endpoint: MediaEndpoint | undefined;
  #mayNegotiate: readonly Codec[] = [];
  #spoken: Codec | undefined;
  /** What the server was last told of the party; undefined until the party has said something. */
  #told: string | undefined;
  #version = 0;

  constructor(
    private readonly side: Side,
    private readonly audio: CallAudio,
  ) {}

  get isOpen(): boolean {
    return this.#endpoint !== undefined;
  }

  /** The codec that the party and its endpoint have agreed on. */
  get spoken(): Codec | undefined {
    return this.#spoken;
  }

  /**
   * @param party its offer, of which the server shall take its choice; undefined: the server offers.
   * @param codecs all that may ever be agreed with the party, under its numbers.
   * @throws MediaFailed
   */
  async open(party: AudioStream | undefined, codecs: readonly Codec[]): Promise<void> {
    const remoteSdp = party && this.#write(party);
    const endpoint = await this.audio.open(this.side, { remoteSdp, codecs });
    this.#endpoint = endpoint;
    this.#mayNegotiate = codecs;
    const local = this.#local();
    if (party === undefined) return;
    const choice = local.codecs.find(isSpeech);
    this.#spoken = choice && inCommon(party.codecs, choice);
    if (this.#spoken === undefined)
      throw new CallRefused('bad-offer', 'the server shares no codec');
    this.#told = summary(party, speaking(this.#spoken, party.codecs));
  }

  /** Those of `codecs` that may be agreed with the party, and that its server knows as well. */
  among(codecs: readonly Codec[]): Codec[] {
    return codecs.filter((one) => inCommon(this.#mayNegotiate, one) !== undefined);
  }

  /**
   * Tells the server where the party listens from now on, and that it speaks `spoken`.
   * @throws MediaFailed
   */
  async agree(party: AudioStream, spoken: Codec): Promise<void> {
    const codecs = speaking(spoken, party.codecs);
    const told = summary(party, codecs);
    if (told === this.#told) return;
    await this.#endpoint?.modify(this.#write({ ...party, codecs }));
    this.#told = told;
    this.#spoken = spoken;
  }

  /** Our stream as the party is told of it: at its endpoint. */
  stream(codecs: readonly Codec[], direction: Direction): AudioStream {
    const { address, port } = this.#local();
    return {
      kind: 'audio',
      address,
      port,
      profile: 'RTP/AVP',
      codecs,
      direction,
      ptime: undefined,
      maxptime: undefined,
      crypto: [],
      rtcpMux: false,
    };
  }

  /** What of the server's own description is believed. @throws CallRefused when that is nothing. */
  #local(): AudioStream {
    const read = readSdp(this.#endpoint?.localSdp ?? '');
    const stream = read.ok ? anchoredStream(read.media) : undefined;
    if (stream === undefined) throw new CallRefused('media-unavailable', 'no usable endpoint');
    return stream;
  }

  #write(party: AudioStream): string {
    this.#version += 1;
    const origin = { sessionId: '1', version: this.#version, address: party.address.text };
    return writeSdp(plain(party), origin);
  }
}

/** A media server need not know of more than RTP in the clear. */
const plain = (party: AudioStream): MediaDescription => ({
  streams: [{ ...party, profile: 'RTP/AVP', crypto: [], rtcpMux: false }],
});

/** Two descriptions of a party that say the same to its endpoint. */
const summary = ({ address, port, direction, ptime }: AudioStream, codecs: readonly Codec[]) =>
  JSON.stringify([address.text, port, direction, ptime, codecs]);
