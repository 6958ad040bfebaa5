import { rfcTimers, type TimerValues } from '../sip-server/transaction/timing.js';

/** Everything of this can be cloned into a worker thread. */
export interface MediaServerOptions {
  /** Where applications connect their event socket; port 0 takes a free one. */
  readonly esl: { readonly host: string; readonly port: number; readonly password: string };
  /** Where SIP is heard, by UDP and TCP; port 0 takes one that is free on both. */
  readonly sip: {
    readonly address: string;
    readonly port: number;
    /**
     * What an application must know to have its calls taken, because whoever places a call controls
     * the server by the event socket that comes of it. Undefined: whoever reaches the port may.
     */
    readonly key?: string;
  };
  readonly rtp: RtpOptions;
  /**
   * Hosts beside loopback addresses that an application may have us connect to, as it writes them
   * in X-esl-outbound.
   */
  readonly controllers?: readonly string[];
  /** Directories below which sounds may be read; relative paths are looked for in the first. */
  readonly sounds: readonly string[];
  /** Directories below which recordings may be written. */
  readonly recordings: readonly string[];
  readonly limits?: Partial<MediaServerLimits>;
  readonly timers?: Partial<TimerValues>;
}

export interface RtpOptions {
  /** Bound; IPv4 or IPv6. */
  readonly address: string;
  /** What parties are told in place of it. */
  readonly advertisedAddress?: string;
  readonly lowestPort: number;
  readonly highestPort: number;
}

export interface MediaServerLimits {
  /** Calls at once; further ones get 503. */
  readonly sessions: number;
  /** How long a party may send nothing that should, in ms; 0: for ever. */
  readonly deadMediaMs: number;
  /** SIP transactions alive at once. */
  readonly transactions: number;
  /** Event socket connections of applications to us. */
  readonly eslConnections: number;
  /** How long an application may take to show the password, in ms. */
  readonly authMs: number;
  /** How long an application may take to accept our connection, in ms. */
  readonly connectMs: number;
  /** One line on an event socket, in characters. */
  readonly lineLength: number;
  /** One command on an event socket, in bytes. */
  readonly commandBytes: number;
  /** What may wait for an application that does not read, in bytes. */
  readonly unreadBytes: number;
  /** Between two HEARTBEAT events, in ms. */
  readonly heartbeatMs: number;
}

const defaultLimits: MediaServerLimits = {
  sessions: 1_000,
  deadMediaMs: 60_000,
  transactions: 20_000,
  eslConnections: 64,
  authMs: 10_000,
  connectMs: 4_000,
  lineLength: 16_384,
  commandBytes: 65_536,
  unreadBytes: 16_777_216,
  heartbeatMs: 20_000,
};

export function limitsOf(options: MediaServerOptions): MediaServerLimits {
  return { ...defaultLimits, ...options.limits };
}

export function timersOf(options: MediaServerOptions): TimerValues {
  return { ...rfcTimers, ...options.timers };
}

/** Where a running server is found. */
export interface MediaServerPorts {
  readonly eslPort: number;
  readonly sipPort: number;
}
