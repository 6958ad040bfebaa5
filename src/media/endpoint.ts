import {
  MediaFailed,
  type EndpointListener,
  type EndpointLoss,
  type MediaEndpoint,
  type MediaQuality,
  type MediaRecording,
  type Sound,
} from '../flows/ports/media.js';
import { millis, type Clock } from '../domain/time.js';
import type { Channel } from './channel.js';
import { reinvite } from './invite.js';
import { plainForServer, plainOffer } from './plain-rtp.js';
import { play, type PlaybackDeps } from './playback.js';
import { qualityOf } from './quality.js';
import { record } from './recording.js';

export interface EndpointDeps extends PlaybackDeps {
  readonly clock: Clock;
  readonly listener: EndpointListener;
  /** It is gone, one way or the other. */
  gone(endpoint: FreeSwitchEndpoint): void;
}

const DIGITS = /^[0-9*#A-D]{1,32}$/;
/** FreeSWITCH tells the length of a digit in samples of 8 kHz. */
const SAMPLES_A_MILLISECOND = 8;

/** The port's endpoint, on a channel of FreeSWITCH or of whatever speaks like it. */
export class FreeSwitchEndpoint implements MediaEndpoint {
  readonly localSdp: string;
  #released = false;
  #partner: Channel | undefined;
  #serverLost = false;

  constructor(
    readonly channel: Channel,
    private readonly deps: EndpointDeps,
  ) {
    const { sdp } = channel.dialog.remote;
    this.localSdp = plainOffer(sdp) ?? sdp;
    // FreeSWITCH's play_and_get_digits is left alone: it keeps what was keyed in as variables of the
    // channel, which it writes into its own call records and into every later event.
    channel.on('dtmf', ({ dtmf, duration }) => this.#digit(dtmf ?? '', Number(duration)));
    channel.ending.tell(() => this.#ended());
  }

  get id(): string {
    return this.channel.uuid;
  }

  modify(remoteSdp: string): Promise<string> {
    const plain = plainForServer(remoteSdp);
    if (plain === undefined) return refuse('no-endpoint', 'the party wants SRTP only');
    return this.#while(reinvite(this.channel.dialog, plain), 'no-endpoint');
  }

  async play(sounds: readonly Sound[], stop: AbortSignal): Promise<'played' | 'stopped'> {
    this.#mustLive();
    if (sounds.length === 0) return 'played';
    return play(this.channel, sounds, stop, this.deps);
  }

  async bridge(other: MediaEndpoint): Promise<void> {
    this.#mustLive();
    if (!(other instanceof FreeSwitchEndpoint) || other.channel.ending.over) {
      throw new MediaFailed('not-bridged', 'the other endpoint is gone');
    }
    await this.channel.move(`uuid_bridge ${this.id} ${other.id}`, [other.channel]);
    this.#partner = other.channel;
  }

  async unbridge(): Promise<void> {
    const partner = this.#partner === undefined ? [] : [this.#partner];
    this.#partner = undefined;
    await this.channel.move(`uuid_transfer ${this.id} -both park inline`, partner);
  }

  async mute(muted: boolean): Promise<void> {
    await this.channel.execute('set_mute', `read ${String(muted)}`, 'not-bridged');
  }

  async sendDigits(digits: string): Promise<void> {
    if (!DIGITS.test(digits)) throw new MediaFailed('not-played', 'no digits');
    await this.channel.order(`uuid_send_dtmf ${this.id} ${digits}`, 'not-played');
  }

  record(path: string): Promise<MediaRecording> {
    return record(this.channel, path, this.deps.clock);
  }

  async quality(): Promise<MediaQuality | undefined> {
    await this.channel.api(`uuid_set_media_stats ${this.id}`, 'gone');
    return qualityOf(await this.channel.api(`uuid_dump ${this.id}`, 'gone'));
  }

  release(): void {
    this.#released = true;
    this.channel.hangUp();
  }

  /** The server is gone, or has forgotten the channel. */
  serverLost(): void {
    this.#serverLost = true;
    this.channel.abandon();
  }

  #ended(): void {
    this.deps.gone(this);
    if (!this.#released) this.deps.listener.lost(this.#loss());
  }

  #loss(): EndpointLoss {
    const { cause } = this.channel;
    if (this.#serverLost || cause === undefined) return 'server-lost';
    return cause === 'MEDIA_TIMEOUT' ? 'media-timeout' : 'endpoint-ended';
  }

  #digit(digit: string, samples: number): void {
    this.deps.listener.digit(digit, millis(Math.round(samples / SAMPLES_A_MILLISECOND)));
  }

  #while<T>(work: Promise<T>, failure: MediaFailed['why']): Promise<T> {
    if (this.channel.ending.over) {
      work.catch(() => undefined);
      return refuse('gone');
    }
    return this.channel.bounded(work, failure);
  }

  #mustLive(): void {
    if (this.channel.ending.over) throw new MediaFailed('gone');
  }
}

const refuse = (why: MediaFailed['why'], detail?: string): Promise<never> =>
  Promise.reject(new MediaFailed(why, detail));
