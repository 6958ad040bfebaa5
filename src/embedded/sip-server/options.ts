import { defaultAdmission, type AdmissionOptions } from './admission/admission-options.js';
import { defaultOverload, type OverloadOptions } from './admission/overload-control.js';
import type { Vitals } from './admission/vitals.js';
import type { Hop } from './message/sip-message.js';
import { rfcTimers, type TimerValues } from './transaction/timing.js';
import type { TlsOptions } from './transport/tls-identity.js';
import type { TransportLimits } from './transport/transport-limits.js';
import type { WebSocketOptions } from './transport/websocket.js';
import type { RequestHandler, RequestHandlerLimits } from './wire/request-handler-options.js';

/** Everything of this can be cloned into a worker thread. */
export interface SipServerOptions {
  /** Where to listen for SIP; port 0 takes a free one. */
  readonly listeners: readonly Hop[];
  /** What peers are told instead of the bound address. */
  readonly externalAddress?: string;
  /** What applications must show before they are heard. */
  readonly secret: string;
  readonly adminHost: string;
  /** Where applications connect; 0 takes a free port. */
  readonly adminPort: number;
  /** Name servers to ask, `address` or `address:port`; default: the system's. */
  readonly dnsServers?: readonly string[];
  /**
   * How a request of more than 1300 bytes goes to a target of datagrams: by TCP if the peer takes
   * it (RFC 3261 §18.1.1, the default), or by UDP whatever its size.
   */
  readonly largeRequests?: 'tcp' | 'udp';
  readonly timers?: Partial<TimerValues>;
  readonly limits?: Partial<SipServerLimits>;
  readonly transportLimits?: Partial<TransportLimits>;
  /** Required by listeners of TLS and WSS. */
  readonly tls?: TlsOptions;
  readonly webSocket?: WebSocketOptions;
  readonly admission?: Partial<AdmissionOptions>;
  readonly overload?: Partial<OverloadOptions>;
  /** Numbers for which new calls are never held back, as dialed; beside them `urn:service:sos`. */
  readonly emergencyNumbers?: readonly string[];
  /** Who decides upon new requests instead of whose turn it is; default: nobody. */
  readonly requestHandlers?: readonly RequestHandler[];
  readonly requestHandlerLimits?: Partial<RequestHandlerLimits>;
}

export interface SipServerLimits {
  /** Transactions alive at once; beyond them new requests get 503. */
  readonly transactions: number;
  /** New requests that may wait for applications at once; further ones get 503. */
  readonly unanswered: number;
  /** Dialogs at once; beyond them new INVITEs get 503. */
  readonly dialogs: number;
  /** One frame of an application, in bytes. */
  readonly frameBytes: number;
  /** What may wait for an application that does not read, in bytes. */
  readonly unreadBytes: number;
  readonly apps: number;
  /** Smallest session interval accepted, in seconds. */
  readonly minSessionSeconds: number;
  /** How long an application may leave an INVITE without any answer, in ms. */
  readonly unansweredMs: number;
  /**
   * How long an INVITE may go on with provisional answers only, since the last of them, in ms:
   * timer C of RFC 3261 §16.6, which asks for more than three minutes.
   */
  readonly ringingMs: number;
  /** How long requests are kept back after the 200 that opened their dialog, in ms. */
  readonly settleMs: number;
}

export const defaultServerLimits: SipServerLimits = {
  transactions: 400_000,
  unanswered: 50_000,
  dialogs: 200_000,
  frameBytes: 262_144,
  unreadBytes: 67_108_864,
  apps: 64,
  minSessionSeconds: 90,
  unansweredMs: 64_000,
  ringingMs: 660_000,
  settleMs: 20,
};

/** A running server. */
export interface SipServer {
  readonly adminPort: number;
  /** `udp/127.0.0.1:5060` and the like: what peers are told, in the order of the listeners. */
  readonly contacts: readonly string[];
  /** Reads the TLS files again; rejects and keeps the old ones when they are not good. */
  reloadTls(): Promise<void>;
  /** How it is; the sources it names are those turned away since it was last asked. */
  vitals(): Vitals;
  close(): Promise<void>;
}

export function timersOf(options: SipServerOptions): TimerValues {
  return { ...rfcTimers, ...options.timers };
}

export function admissionOf(options: SipServerOptions): AdmissionOptions {
  return { ...defaultAdmission, ...options.admission };
}

export function overloadOf(options: SipServerOptions): OverloadOptions {
  return { ...defaultOverload, ...options.overload };
}

export function limitsOf(options: SipServerOptions): SipServerLimits {
  return { ...defaultServerLimits, ...options.limits };
}
