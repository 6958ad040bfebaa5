import {
  MediaFailed,
  type EndpointListener,
  type EndpointLoss,
  type EndpointRequest,
  type MediaConference,
  type MediaEndpoint,
  type MediaFailure,
  type MediaQuality,
  type MediaRecording,
  type MediaServer,
  type MediaServers,
  type Sound,
} from '../../src/flows/ports/media.js';
import { readSdp, type AudioStream } from '../../src/domain/identity/sdp.js';
import { millis } from '../../src/domain/time.js';

/** What a media server of the test says of one endpoint; its words must reach no party. */
function described(port: number, request: EndpointRequest, direction: string): string {
  const offered = request.remoteSdp === undefined ? undefined : streamOf(request.remoteSdp);
  const common = request.codecs.filter(
    ({ name }) => offered === undefined || offered.codecs.some((other) => other.name === name),
  );
  return [
    'v=0',
    `o=FreeSWITCH 1795294942 ${port} IN IP4 192.0.2.50`,
    's=FreeSWITCH',
    'c=IN IP4 192.0.2.50',
    't=0 0',
    `m=audio ${port} RTP/AVP ${common.map(({ payload }) => payload).join(' ')}`,
    ...common.map(({ payload, name, clockRate }) => `a=rtpmap:${payload} ${name}/${clockRate}`),
    `a=${direction}`,
    '',
  ].join('\r\n');
}

function streamOf(sdp: string): AudioStream | undefined {
  const read = readSdp(sdp);
  const [stream] = read.ok ? read.media.streams : [];
  return stream?.kind === 'audio' ? stream : undefined;
}

/** Where a description of the party says that it listens, such as `203.0.113.99:40000 PCMU sendrecv`. */
export function heardAt(sdp: string): string {
  const stream = streamOf(sdp);
  if (stream === undefined) return 'nowhere';
  const codecs = stream.codecs.map(({ name }) => name).join(',');
  return `${stream.address.text}:${stream.port} ${codecs} ${stream.direction}`;
}

const named = (sound: Sound): string => (sound.is === 'file' ? sound.path : sound.is);

/** An endpoint without RTP: it writes down what is asked of it, and the test plays its server. */
export class FakeEndpoint implements MediaEndpoint {
  /** Such as `modify 203.0.113.99:40000 PCMU sendrecv`, `play /a.wav`, `bridge ep2`, `release`. */
  readonly said: string[] = [];
  readonly port: number;
  localSdp: string;
  bridgedTo: FakeEndpoint | undefined;
  released = 0;
  #gone = false;
  /** Runs before whatever is asked: throws when the server refuses, or takes its time. */
  before: (what: string) => void | Promise<void> = () => undefined;
  /** How long a sound is played; resolves with `stopped` when the server cuts it off. */
  playing: (sounds: readonly Sound[]) => Promise<unknown> = () => Promise.resolve();
  recordings: FakeRecording[] = [];

  constructor(
    readonly id: string,
    private readonly request: EndpointRequest,
  ) {
    this.port = 30_000 + 2 * Number(id.slice(2));
    this.localSdp = described(this.port, request, 'sendrecv');
  }

  get listener(): EndpointListener {
    return this.request.listener;
  }

  /** The server loses the endpoint, or itself. */
  lose(why: EndpointLoss = 'server-lost'): void {
    if (this.#gone) return;
    this.#gone = true;
    this.listener.lost(why);
  }

  /** The party presses a key. */
  press(digit: string): void {
    this.listener.digit(digit, millis(100));
  }

  async modify(remoteSdp: string): Promise<string> {
    await this.#asked(`modify ${heardAt(remoteSdp)}`);
    this.localSdp = described(this.port, { ...this.request, remoteSdp }, 'sendrecv');
    return this.localSdp;
  }

  async play(sounds: readonly Sound[], stop: AbortSignal): Promise<'played' | 'stopped'> {
    await this.#asked(`play ${sounds.map(named).join(' ')}`);
    const stopped = aborted(stop).then(() => 'stopped' as const);
    const rings = sounds.some(({ is }) => is === 'ringback');
    const outcome = rings
      ? await stopped
      : await Promise.race([
          stopped,
          this.playing(sounds).then((cut) => (cut === 'stopped' ? cut : 'played')),
        ]);
    this.#mustBeThere('play');
    if (outcome === 'stopped') this.said.push('stop');
    return outcome;
  }

  async bridge(other: MediaEndpoint): Promise<void> {
    await this.#asked(`bridge ${other.id}`);
    if (!(other instanceof FakeEndpoint)) throw new MediaFailed('not-bridged');
    this.bridgedTo = other;
    other.bridgedTo = this;
  }

  async unbridge(): Promise<void> {
    await this.#asked('unbridge');
    if (this.bridgedTo !== undefined) this.bridgedTo.bridgedTo = undefined;
    this.bridgedTo = undefined;
  }

  mute(muted: boolean): Promise<void> {
    return this.#asked(muted ? 'mute' : 'unmute');
  }

  sendDigits(digits: string): Promise<void> {
    return this.#asked(`digits ${digits}`);
  }

  async record(path: string): Promise<MediaRecording> {
    await this.#asked(`record ${path}`);
    const recording = new FakeRecording();
    this.recordings.push(recording);
    return recording;
  }

  quality(): Promise<MediaQuality | undefined> {
    const heard = { packetsReceived: 1500, packetsLost: 3, jitter: millis(4) };
    return Promise.resolve(this.#gone ? undefined : heard);
  }

  release(): void {
    this.#gone = true;
    this.released += 1;
    this.said.push('release');
  }

  #mustBeThere(what: string): void {
    if (this.#gone) throw new MediaFailed('gone', what);
  }

  async #asked(what: string): Promise<void> {
    this.#mustBeThere(what);
    this.said.push(what);
    await this.before(what);
    this.#mustBeThere(what);
  }
}

export class FakeRecording implements MediaRecording {
  readonly said: string[] = [];

  mask(): Promise<void> {
    return this.#note('mask');
  }

  unmask(): Promise<void> {
    return this.#note('unmask');
  }

  stop(): Promise<void> {
    return this.#note('stop');
  }

  #note(what: string): Promise<void> {
    this.said.push(what);
    return Promise.resolve();
  }
}

/** A media server without media. */
export class FakeMediaServer implements MediaServer {
  readonly name = 'fake';
  readonly endpoints: FakeEndpoint[] = [];
  /** What was asked for, in the order of the endpoints. */
  readonly requests: EndpointRequest[] = [];
  /** Runs before each endpoint opens: throws when the server refuses, or takes its time. */
  opening: (request: EndpointRequest) => void | Promise<void> = () => undefined;

  async openEndpoint(request: EndpointRequest): Promise<MediaEndpoint> {
    this.requests.push(request);
    await this.opening(request);
    const endpoint = new FakeEndpoint(`ep${this.endpoints.length + 1}`, request);
    this.endpoints.push(endpoint);
    return endpoint;
  }

  conference(name: string): MediaConference {
    const note = (what: string) => (endpoint?: MediaEndpoint) => {
      (endpoint as FakeEndpoint | undefined)?.said.push(`${what} ${name}`);
      return Promise.resolve();
    };
    return { join: note('join'), leave: note('leave'), end: note('end') };
  }

  /** It dies, with all its endpoints. */
  die(): void {
    for (const endpoint of this.endpoints) endpoint.lose('server-lost');
  }
}

/** The media servers of a test: one, until it is taken away. */
export class FakeMedia implements MediaServers {
  readonly server = new FakeMediaServer();
  /** Why no server can be chosen. */
  refusing: MediaFailure | undefined;

  choose(): MediaServer {
    if (this.refusing !== undefined) throw new MediaFailed(this.refusing);
    return this.server;
  }

  get endpoints(): readonly FakeEndpoint[] {
    return this.server.endpoints;
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
