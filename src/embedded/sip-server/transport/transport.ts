import type { ParseError } from '../message/parse-error.js';
import type { Hop, Listener, SipMessage } from '../message/sip-message.js';

/** A parsed message with where it came from and the listener that took it. */
export interface Received {
  readonly message: SipMessage;
  /** Size of the message on the wire in bytes. */
  readonly bytes: number;
  readonly from: Hop;
  readonly listener: Listener;
}

export type SendOutcome =
  | { readonly ok: true }
  /** `unreachable`: ICMP or connection refused; `closed`: the stream ended; both map to 503. */
  | { readonly ok: false; readonly why: 'unreachable' | 'closed' | 'unsupported' };

export type SendFailed = (outcome: SendOutcome & { ok: false }) => void;

/** What bytes come in and out through. Both protocols look the same from above. */
export interface Transport {
  readonly listeners: readonly Listener[];
  /** The listener used towards a hop: same protocol, same address family. */
  listenerFor(hop: Hop): Listener | undefined;
  /** Whether a request to that hop could leave without a new stream; over UDP always. */
  connected(hop: Hop): boolean;
  /**
   * Sends a serialised message to a numeric address; `failed` is called later, at most once, if the
   * peer turns out unreachable. A response names in `via` the listener its request came in by.
   */
  send(bytes: Buffer, to: Hop, failed: SendFailed, via?: Listener): void;
  close(): Promise<void>;
}

export interface TransportEvents {
  message(received: Received): void;
  /**
   * A request that could not be parsed but can be answered (RFC 3261 §21.4.1): `error.status` is
   * the answer and `error.answerable` what to build it from. A stream may close right after.
   */
  unparsable?(raw: Buffer, from: Hop, listener: Listener, error: ParseError): void;
  /** A listener the system let down, for the log: it goes on listening. */
  trouble?(error: Error, listener: Listener): void;
}
