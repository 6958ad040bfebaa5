import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type {
  EndpointListener,
  MediaEndpoint,
  MediaServers,
  Sound,
} from '../../src/flows/ports/media.js';
import {
  openMediaSide,
  serverSettings,
  type EventSocketAddress,
  type MediaSide,
} from './media-side.js';
import { RtpPeer } from './rtp-peer.js';
import { toneWav } from './wav.js';

const PCMU = { payload: 0, name: 'PCMU', clockRate: 8000, channels: undefined, fmtp: undefined };
const EVENTS = { ...PCMU, payload: 101, name: 'telephone-event', fmtp: '0-15' };

export const NEVER = new AbortController().signal;
export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** What was heard of one endpoint. */
class Heard implements EndpointListener {
  digits = '';
  readonly losses: string[] = [];

  digit(digit: string): void {
    this.digits += digit;
  }

  lost(why: string): void {
    this.losses.push(why);
  }
}

interface MediaLeg {
  readonly peer: RtpPeer;
  readonly endpoint: MediaEndpoint;
  readonly heard: Heard;
}

/** Parties on the endpoints of one media server, and the files that they hear and leave. */
export class MediaLegs {
  readonly #directory = mkdtempSync(join(tmpdir(), 'callveil-media-'));
  #side: MediaSide | undefined;
  #legs: MediaLeg[] = [];

  async open(address: EventSocketAddress): Promise<void> {
    this.#side = await openMediaSide([serverSettings(address)]);
  }

  async close(): Promise<void> {
    await this.#side?.close();
    rmSync(this.#directory, { recursive: true });
  }

  get servers(): MediaServers {
    if (this.#side === undefined) throw new Error('not open');
    return this.#side.servers;
  }

  hangUp(): void {
    for (const { endpoint, peer } of this.#legs) {
      endpoint.release();
      peer.close();
    }
    this.#legs = [];
  }

  /** A party that called: its offer is answered. */
  async caller(): Promise<MediaLeg> {
    const leg = await this.#leg(true);
    leg.peer.sendTo(leg.endpoint.localSdp);
    return leg;
  }

  /** A party that is called: it answers the server's offer. */
  async callee(): Promise<MediaLeg> {
    const leg = await this.#leg(false);
    leg.peer.sendTo(await leg.endpoint.modify(leg.peer.sdp));
    return leg;
  }

  path(name: string): string {
    return join(this.#directory, name);
  }

  /** A file with a tone, 8 kHz mono. */
  tone(name: string, hertz: number, ms: number): Sound {
    writeFileSync(this.path(name), toneWav(ms, [hertz]));
    return { is: 'file', path: this.path(name) };
  }

  hears(peer: RtpPeer, hertz: number): Promise<void> {
    return expect
      .poll(() => peer.share(hertz, 100), { timeout: 3000, interval: 20 })
      .toBeGreaterThan(0.5);
  }

  hearsNothingOf(peer: RtpPeer, hertz: number): Promise<void> {
    return expect
      .poll(() => peer.share(hertz, 100), { timeout: 3000, interval: 20 })
      .toBeLessThan(0.1);
  }

  async #leg(offers: boolean): Promise<MediaLeg> {
    const peer = await RtpPeer.open();
    const heard = new Heard();
    const remoteSdp = offers ? peer.sdp : undefined;
    const request = { remoteSdp, codecs: [PCMU, EVENTS], listener: heard };
    const endpoint = await this.servers.choose().openEndpoint(request);
    const leg = { peer, endpoint, heard };
    this.#legs.push(leg);
    return leg;
  }
}
