import type { Codec } from '../../domain/identity/media-description.js';
import type { Millis } from '../../domain/time.js';

/**
 * Media servers as the flows need them. Behind this stands src/media, which drives a FreeSWITCH or
 * our embedded media server by one and the same protocol.
 */
export interface MediaServers {
  /**
   * The server for a new call, by health and load; all endpoints of one call are on one server.
   * @throws MediaFailed (`no-server`) when none is up, or all are full or draining.
   */
  choose(): MediaServer;
}

export interface MediaServer {
  /** As configured; goes into logs and metric labels. */
  readonly name: string;
  /** @throws MediaFailed (`no-endpoint`) when the server refuses, is silent or goes away. */
  openEndpoint(request: EndpointRequest): Promise<MediaEndpoint>;
  /** A room in which more than two endpoints hear each other; made when the first one joins. */
  conference(name: string): MediaConference;
}

export interface EndpointRequest {
  /** The party's offer, which the endpoint answers; undefined: the endpoint makes the offer. */
  readonly remoteSdp: string | undefined;
  /**
   * What the description may name, in this order. G.711 can always be played, recorded and
   * converted; whatever else is named is passed on untouched between two endpoints that agree on
   * it. A FreeSWITCH goes by its own configuration instead.
   */
  readonly codecs: readonly Codec[];
  readonly listener: EndpointListener;
}

export interface EndpointListener {
  /** A digit of the party (RFC 4733, or found in the audio). */
  digit(digit: string, held: Millis): void;
  /** The endpoint is gone and was not released: its server hung up, died or hears no more RTP. */
  lost(why: EndpointLoss): void;
}

export type EndpointLoss = 'server-lost' | 'endpoint-ended' | 'media-timeout';

/** What is played, one after the other without a gap. */
export type Sound =
  /** Absolute path of a WAV file that the server can read. */
  | { readonly is: 'file'; readonly path: string }
  | { readonly is: 'silence'; readonly length: Millis }
  /** Rings until it is stopped: ITU-T E.180 cadence of a country (ISO 3166 alpha-2). */
  | { readonly is: 'ringback'; readonly country: string }
  /** A single short tone. */
  | { readonly is: 'beep' };

/**
 * One party's end of the audio on a media server. Whatever is asked of an endpoint that is gone
 * rejects with MediaFailed; nothing stays pending for ever.
 */
export interface MediaEndpoint {
  /** The server's own name for it; never shown to a party. */
  readonly id: string;
  /** The server's description: its offer, or its answer to the party's offer. Not for the wire. */
  readonly localSdp: string;
  /**
   * Gives the server the party's new description: the answer to its offer, or another offer.
   * Resolves with the server's own description from then on.
   */
  modify(remoteSdp: string): Promise<string>;
  /** Resolves when all is played, or when `stop` was aborted and nothing is heard any more. */
  play(sounds: readonly Sound[], stop: AbortSignal): Promise<'played' | 'stopped'>;
  /** Each hears the other from here on, instead of what was played. */
  bridge(other: MediaEndpoint): Promise<void>;
  /** Ends the bridge; both hear silence. */
  unbridge(): Promise<void>;
  /** The party is not heard by anyone; what it hears does not change. */
  mute(muted: boolean): Promise<void>;
  /** Sends digits to the party (RFC 4733). */
  sendDigits(digits: string): Promise<void>;
  /**
   * Records two channels, 8 kHz: left the party, right what it hears.
   * @param path absolute, on the server's disk; the directory exists.
   * @throws MediaFailed (`not-recorded`) unless the recording runs.
   */
  record(path: string): Promise<MediaRecording>;
  /** What RTP and RTCP told of the line, for the leg's record. */
  quality(): Promise<MediaQuality | undefined>;
  /** Never fails: an endpoint that is gone is gone. */
  release(): void;
}

export interface MediaRecording {
  /** Silence is written from here on; the length keeps growing. */
  mask(): Promise<void>;
  unmask(): Promise<void>;
  /** Resolves when the file is complete on disk. */
  stop(): Promise<void>;
}

export interface MediaConference {
  join(endpoint: MediaEndpoint): Promise<void>;
  leave(endpoint: MediaEndpoint): Promise<void>;
  end(): Promise<void>;
}

export interface MediaQuality {
  readonly packetsReceived: number;
  readonly packetsLost: number;
  /** Interarrival jitter (RFC 3550 §6.4.1). */
  readonly jitter: Millis;
}

export type MediaFailure =
  'no-server' | 'no-endpoint' | 'gone' | 'not-played' | 'not-recorded' | 'not-bridged';

/** The media server could not do what it was asked for. */
export class MediaFailed extends Error {
  override readonly name = 'MediaFailed';

  constructor(
    readonly why: MediaFailure,
    detail?: string,
  ) {
    super(detail === undefined ? why : `${why}: ${detail}`);
  }
}
