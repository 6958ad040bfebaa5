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

/** What bytes come in and out through. All protocols look the same from above. */
export interface Transport {
  readonly listeners: readonly Listener[];
  /** Streams open now, whoever opened them. */
  readonly streams: number;
  /** The listener used towards a hop: same protocol, same address family. */
  listenerFor(hop: Hop): Listener | undefined;
  /** Whether a request to that hop could leave without a new stream; over UDP always. */
  connected(hop: Hop): boolean;
  /**
   * Sends a serialised message to a numeric address; `failed` is called later, at most once, if the
   * peer turns out unreachable. A response names how its request came.
   */
  send(bytes: Buffer, to: Hop, failed: SendFailed, reply?: ReplyPath): void;
  close(): Promise<void>;
}

/** The way back of a response. */
export interface ReplyPath {
  /** The listener that its request came in by. */
  readonly listener: Listener;
  /** Where it goes if the stream of its request is gone (RFC 3261 §18.2.2). */
  readonly otherwise?: Hop | undefined;
}

export interface TransportEvents {
  message(received: Received): void;
  /**
   * A request that could not be parsed but can be answered (RFC 3261 §21.4.1): `error.status` is
   * the answer and `error.answerable` what to build it from. A stream may close right after.
   */
  unparsable?(raw: Buffer, from: Hop, listener: Listener, error: ParseError): void;
  /** For the log: the system let a listener down, which goes on, or a peer cannot be trusted. */
  readonly trouble?: (error: Error, listener: Listener) => void;
}
