import { defaultLimits, type MessageLimits } from '../message/limits.js';

export interface TransportLimits {
  readonly message: MessageLimits;
  /** Streams open at once on one listener, both ways; see StreamRoom for who has to go. */
  readonly connections: number;
  /** Of those, the ones of one remote address. */
  readonly connectionsPerSource: number;
  /** Callers on one listener that have not finished their TLS or WebSocket handshake. */
  readonly handshakes: number;
  /** How long a caller may take for that, from the first packet on. */
  readonly handshakeMs: number;
  /** How long an outbound stream may take to open. */
  readonly connectMs: number;
  /** How long a caller may take to finish a message he has begun. */
  readonly partialMs: number;
  /** How long a caller may take until his first whole message or keep-alive. */
  readonly firstMs: number;
  /** How long a caller that has closed his side may wait for his answers: 64·T1. */
  readonly halfOpenMs: number;
  /** How long a stream may stay silent in both directions. */
  readonly idleMs: number;
  /** How long a stream that was told to go may linger for its last bytes. */
  readonly lingerMs: number;
  /** What may wait unsent on one stream in bytes, when its peer has stopped reading. */
  readonly unsentBytes: number;
  /** How long anything may wait unsent before the peer counts as gone. */
  readonly unsentMs: number;
  /** After so much silence a WebSocket peer is asked whether it lives. */
  readonly pingMs: number;
  /** How long it may take to say so. */
  readonly pongMs: number;
}

export const defaultTransportLimits: TransportLimits = {
  message: defaultLimits,
  connections: 4_096,
  connectionsPerSource: 512,
  handshakes: 256,
  handshakeMs: 5_000,
  connectMs: 4_000,
  partialMs: 10_000,
  firstMs: 30_000,
  halfOpenMs: 32_000,
  idleMs: 600_000,
  lingerMs: 2_000,
  unsentBytes: 1_048_576,
  unsentMs: 20_000,
  pingMs: 25_000,
  pongMs: 10_000,
};
