import { defaultLimits, type MessageLimits } from '../message/limits.js';

export interface TransportLimits {
  readonly message: MessageLimits;
  /** Streams open at once on one listener, both ways; see TcpEndpoint for who has to go. */
  readonly connections: number;
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
}

export const defaultTransportLimits: TransportLimits = {
  message: defaultLimits,
  connections: 1_024,
  connectMs: 4_000,
  partialMs: 10_000,
  firstMs: 30_000,
  halfOpenMs: 32_000,
  idleMs: 600_000,
  lingerMs: 2_000,
  unsentBytes: 1_048_576,
};
