import { connect } from 'node:net';
import type { MessageLimits } from '../message/limits.js';
import { socketOptions, type StreamProtocol } from './stream-protocol.js';
import { SocketWire } from './stream-wire.js';

/** TCP has no handshake that the kernel has not done already. */
export function tcpProtocol(limits: MessageLimits): StreamProtocol {
  return {
    receive: (socket, ready) => ready(new SocketWire(socket, limits)),
    call: (to, from) => new SocketWire(connect(socketOptions(to, from)), limits, 'connect'),
  };
}
