import type { Socket, TcpNetConnectOpts } from 'node:net';
import type { Hop, Listener } from '../message/sip-message.js';
import type { StreamWire } from './stream-wire.js';

/** How one of the stream protocols gets from a TCP connection to a wire for SIP. */
export interface StreamProtocol {
  /**
   * Takes an accepted connection through its handshakes; the peer may fall silent in any of them.
   * `foreign`: told before a page of elsewhere is cut off.
   */
  receive(socket: Socket, ready: (wire: StreamWire) => void, foreign: () => void): void;
  /** Opens a wire to a peer; undefined where only peers can call (RFC 7118 §5). */
  readonly call: ((to: Hop, from: Listener) => StreamWire) | undefined;
}

/** Where an outbound socket goes and leaves from, for `connect` of node:net and node:tls. */
export function socketOptions(to: Hop, from: Listener): TcpNetConnectOpts {
  const wildcard = from.address === '0.0.0.0' || from.address === '::';
  return {
    host: to.address,
    port: to.port,
    ...(wildcard ? {} : { localAddress: from.address }),
    ...streamOptions,
  };
}

/** An unused stream shows a dead peer by its keep-alive, long before the idle limit. */
const keepAliveMs = 60_000;

export const streamOptions = {
  // A caller that has said all it has to say still wants the answer.
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: keepAliveMs,
};
