/**
 * A SIP message as the engine handles it: the start line parsed, every header field kept in order
 * with its name as received, values unfolded but otherwise untouched, the body as bytes.
 * Values are parsed only where the engine needs them (Via, CSeq, tags, Contact, …).
 */

export interface HeaderField {
  /** Canonical long name: `Call-ID` for `i`, `call-id` and `CALL-ID`; unknown names as received. */
  readonly name: string;
  readonly value: string;
}

interface MessageParts {
  readonly headers: HeaderField[];
  body: Buffer;
}

export interface SipRequest extends MessageParts {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
}

export interface SipResponse extends MessageParts {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
}

export type SipMessage = SipRequest | SipResponse;

export const transportProtocols = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;

export type TransportProtocol = (typeof transportProtocols)[number];

/** Where a packet came from or goes to, and over which of our listeners. */
export interface Hop {
  readonly protocol: TransportProtocol;
  readonly address: string;
  readonly port: number;
  /** The name that the peer's certificate must speak for (RFC 5922), where a request chose one. */
  readonly domain?: string;
}

/** One of our listening sockets: bound address and the address we tell peers. */
export interface Listener extends Hop {
  readonly externalAddress: string;
}
