import {
  MediaFailed,
  type EndpointRequest,
  type MediaConference,
  type MediaEndpoint,
  type MediaServer,
} from '../flows/ports/media.js';
import { millis, seconds, type Clock, type Timer } from '../domain/time.js';
import type { Log } from '../flows/ports/telemetry.js';
import { Channel } from './channel.js';
import { ServerUnusable, type ServerAddress } from './check-server.js';
import { conference } from './conference.js';
import { FreeSwitchEndpoint } from './endpoint.js';
import type { FsmrfEndpoint, SipSignalling } from './fsmrf.js';
import { callsServers } from './invite.js';
import type { MediaMetrics } from './media-metrics.js';
import { offerCodecs } from './offer-codecs.js';
import { Pace } from './pace.js';
import { plainForServer } from './plain-rtp.js';
import { asMediaFailed, bounded } from './race.js';
import { ServerLink, type ChannelListener } from './server-link.js';
import { readStatus } from './server-status.js';

/** Else a FreeSWITCH passes on a party's header extensions, CSRCs and timestamps with its audio. */
const OWN_RTP_HEADERS = 'global_setvar rtp_rewrite_timestamps=true';

export interface MediaServerSettings {
  readonly name: string;
  readonly address: ServerAddress;
  readonly channels: ChannelListener;
  /** Of ours; the server's own bound holds beside it. */
  readonly maxEndpoints: number;
  readonly conferenceProfile: string;
}

export interface MediaServerDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: MediaMetrics;
  /** A server came, went, or takes calls no more or again. */
  changed(): void;
}

const INVITE_WITHIN = seconds(3);
/** INVITE, and the four seconds that fsmrf waits for the channel's connection. */
const OPEN_WITHIN = seconds(8);
const LOOK_EVERY = seconds(1);
const LOOK_WITHIN = seconds(2);
/** A server that is back by then may still have its channels. */
const GRACE = seconds(2);
const FIRST_PAUSE = millis(250);
const LONGEST_PAUSE = seconds(15);
/** How long a server that refused is not asked again while there are others. */
const SHY = seconds(1);

/** One server, looked after: connected again and again, asked how it is, and its endpoints kept. */
export class WatchedServer implements MediaServer {
  readonly #endpoints = new Set<FreeSwitchEndpoint>();
  readonly #pace: Pace;
  readonly #known = new Set<string>();
  #opening = 0;
  #link: ServerLink | undefined;
  #sip: SipSignalling | undefined;
  #stopped = false;
  #draining = false;
  #ready = true;
  /** Sessions of the server that are not ours. */
  #foreign = 0;
  #mostSessions = Infinity;
  #shyUntil = 0;
  #pause = FIRST_PAUSE;
  #complaint: string | undefined;
  #timer: Timer | undefined;
  #verdict: Timer | undefined;

  constructor(
    private readonly settings: MediaServerSettings,
    private readonly deps: MediaServerDeps,
  ) {
    this.#pace = new Pace(deps.clock);
  }

  get name(): string {
    return this.settings.name;
  }

  /** Whether it is there, and neither shuts down nor is being emptied. */
  get takesCalls(): boolean {
    return this.#link !== undefined && this.#ready && !this.#draining;
  }

  /** Whether a call's two endpoints would find room. */
  get open(): boolean {
    return this.takesCalls && this.#taken + 2 <= this.#room;
  }

  /** From 0; a server that has just refused counts as full. */
  get load(): number {
    return this.deps.clock.now() < this.#shyUntil ? 1 : this.#taken / this.#room;
  }

  /** Takes no new call from now on, or does again. */
  set draining(draining: boolean) {
    this.#draining = draining;
    this.deps.changed();
  }

  /** Connects, and goes on until `stop`. Resolves after the first attempt. */
  async start(sip: SipSignalling): Promise<void> {
    this.#sip = sip;
    this.deps.metrics.mediaServerUp(this.name, false);
    this.deps.metrics.mediaEndpoints(this.name, 0);
    await this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#verdict?.cancel();
    for (const endpoint of [...this.#endpoints]) endpoint.release();
    this.#link?.close();
  }

  async openEndpoint(request: EndpointRequest): Promise<MediaEndpoint> {
    const link = this.#link;
    if (link === undefined) throw new MediaFailed('no-endpoint', 'the server is down');
    this.#opening += 1;
    try {
      const channel = await this.#openChannel(link, request);
      return this.#endpointOn(channel, request);
    } catch (error) {
      throw this.#refused(error);
    } finally {
      this.#opening -= 1;
    }
  }

  conference(name: string): MediaConference {
    return conference(name, {
      clock: this.deps.clock,
      profile: this.settings.conferenceProfile,
      channelOf: (endpoint) => {
        if (endpoint instanceof FreeSwitchEndpoint) return endpoint.channel;
        throw new MediaFailed('not-bridged', 'an endpoint of another kind');
      },
      api: (command) => this.#api(command),
    });
  }

  get #taken(): number {
    return this.#endpoints.size + this.#opening + this.#foreign;
  }

  get #room(): number {
    return Math.min(this.settings.maxEndpoints, this.#mostSessions);
  }

  async #openChannel(link: ServerLink, request: EndpointRequest): Promise<Channel> {
    const { remoteSdp, codecs } = request;
    const sdp = remoteSdp === undefined ? undefined : plainForServer(remoteSdp);
    if (remoteSdp !== undefined && sdp === undefined) {
      throw new MediaFailed('no-endpoint', 'the party wants SRTP only');
    }
    await this.#pace.take();
    const { clock, metrics } = this.deps;
    const made = link.openChannel(sdp, offerCodecs(codecs));
    const bounds = { ending: link.ending, clock, within: OPEN_WITHIN };
    const fsmrf = await bounded(made, { ...bounds, failure: 'no-endpoint' }).catch(
      (error: unknown) => {
        made.then(hangUpLate, () => undefined);
        throw error;
      },
    );
    return new Channel(fsmrf, {
      clock,
      failed: (failure) => metrics.mediaFailed(this.name, failure),
    });
  }

  #endpointOn(channel: Channel, { listener }: EndpointRequest): MediaEndpoint {
    const { clock, metrics } = this.deps;
    const count = (): void => metrics.mediaEndpoints(this.name, this.#endpoints.size);
    const endpoint = new FreeSwitchEndpoint(channel, {
      clock,
      listener,
      has: (path) => this.#has(path),
      started: (after) => metrics.promptStarted(this.name, millis(after)),
      gone: (gone) => {
        this.#endpoints.delete(gone);
        count();
      },
    });
    if (!channel.ending.over) this.#endpoints.add(endpoint);
    count();
    return endpoint;
  }

  #refused(error: unknown): MediaFailed {
    this.#shyUntil = this.deps.clock.now() + SHY;
    this.deps.metrics.mediaFailed(this.name, 'no-endpoint');
    const detail = asMediaFailed(error, 'no-endpoint').message;
    this.deps.log.warn('A media server gave no endpoint', { server: this.name, why: detail });
    return new MediaFailed('no-endpoint', detail);
  }

  async #api(command: string): Promise<string> {
    if (this.#link === undefined) throw new MediaFailed('gone');
    return this.#link.api(command, LOOK_WITHIN);
  }

  async #has(path: string): Promise<boolean> {
    if (this.#known.has(path)) return true;
    const there = (await this.#api(`file_exists ${path}`)).startsWith('true');
    if (there) this.#known.add(path);
    return there;
  }

  async #connect(): Promise<void> {
    const sip = this.#sip;
    const { clock, log } = this.deps;
    if (sip === undefined) return;
    try {
      const link = await ServerLink.open({
        server: this.settings.address,
        channels: this.settings.channels,
        sip: callsServers({ sip, clock, within: INVITE_WITHIN }),
        clock,
        failed: (error) => log.error('Media server said what cannot be read', kindOf(error)),
      });
      await this.#connected(link);
    } catch (error) {
      this.#complain(error);
      this.#again();
    }
  }

  async #connected(link: ServerLink): Promise<void> {
    if (this.#stopped) {
      link.close();
      return;
    }
    this.#known.clear();
    await link.api(OWN_RTP_HEADERS, LOOK_WITHIN);
    await this.#look(link);
    await this.#askAfterEndpoints(link);
    this.#verdict?.cancel();
    this.#link = link;
    this.#pause = FIRST_PAUSE;
    this.#complaint = undefined;
    this.deps.metrics.mediaServerUp(this.name, true);
    this.deps.changed();
    this.deps.log.info('Media server is up', { server: this.name });
    link.ending.tell(() => this.#lost());
    this.#lookAgain(link);
  }

  /** A server that was started anew has none of the channels that it had. */
  async #askAfterEndpoints(link: ServerLink): Promise<void> {
    for (const endpoint of [...this.#endpoints]) {
      const answer = await link.api(`uuid_exists ${endpoint.id}`, LOOK_WITHIN);
      if (!answer.startsWith('true')) endpoint.serverLost();
    }
  }

  async #look(link: ServerLink): Promise<void> {
    const status = readStatus(await link.api('status', LOOK_WITHIN));
    const { sessions, mostSessions = Infinity, sessionsPerSecond } = status;
    this.#pace.perSecond = sessionsPerSecond;
    this.#mostSessions = mostSessions;
    this.#foreign = Math.max(0, (sessions ?? 0) - this.#endpoints.size);
    if (status.ready === this.#ready) return;
    this.#ready = status.ready;
    this.deps.changed();
    if (status.ready) this.deps.log.info('Media server takes calls again', { server: this.name });
    else this.deps.log.warn('Media server takes no more calls', { server: this.name });
  }

  #lookAgain(link: ServerLink): void {
    this.#timer = this.deps.clock.after(LOOK_EVERY, () => {
      this.#look(link).then(
        () => this.#lookAgain(link),
        // It has closed itself, and `ending` tells of that.
        () => undefined,
      );
    });
  }

  #lost(): void {
    if (this.#stopped) return;
    this.#link = undefined;
    this.deps.metrics.mediaServerUp(this.name, false);
    this.deps.changed();
    this.deps.log.error('Media server lost', {
      server: this.name,
      endpoints: this.#endpoints.size,
    });
    this.#verdict = this.deps.clock.after(GRACE, () => {
      for (const endpoint of [...this.#endpoints]) endpoint.serverLost();
    });
    this.#again();
  }

  #again(): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.deps.clock.after(this.#pause, () => void this.#connect());
    this.#pause = millis(Math.min(this.#pause * 2, LONGEST_PAUSE));
  }

  /** Once for each cause, and not at every attempt. */
  #complain(error: unknown): void {
    const why = error instanceof ServerUnusable ? error.message : 'gives no answer';
    if (why === this.#complaint) return;
    this.#complaint = why;
    this.deps.log.warn('Media server cannot be used', { server: this.name, why });
  }
}

function hangUpLate(endpoint: FsmrfEndpoint): void {
  endpoint.execute('hangup', '').catch(() => undefined);
  void endpoint.dialog?.destroy().catch(() => undefined);
}

const kindOf = (error: unknown): { type: string } => ({
  type: error instanceof Error ? error.name : typeof error,
});
