import type { Hop, Listener } from '../message/sip-message.js';
import type { TlsIdentity } from './tls-identity.js';
import type { TransportLimits } from './transport-limits.js';
import type { SendFailed, TransportEvents } from './transport.js';
import type { WebSocketOptions } from './websocket.js';

/** One open listener of any protocol. */
export interface Endpoint {
  readonly listener: Listener;
  /** Streams open now; a datagram listener has none. */
  readonly streams?: number;
  connected(to: Hop): boolean;
  /** `otherwise`: where a response goes when the stream of its request is gone. */
  send(bytes: Buffer, to: Hop, failed: SendFailed, otherwise?: Hop): void;
  close(): Promise<void>;
}

/** Who may be heard, decided by the address alone and before a byte is parsed. */
export interface Doorkeeper {
  hears(address: string, protocol: Hop['protocol']): boolean;
  /** Whether a connection from there is kept. */
  takesStream(address: string, protocol: Hop['protocol']): boolean;
  /** Told of every address that a request of ours goes to: its answers are asked for. */
  turnsTo(address: string, withinDialog: boolean): void;
  /** Told of what was no SIP, or too broken to answer. */
  noise(address: string): void;
  /** Told of a connection from there that did not become a stream for SIP. */
  lost(address: string, fault: StreamFault): void;
}

/**
 * `full`: there was no place for it; `handshake`: that of TLS or WebSocket failed; `origin`: a page
 * of elsewhere; `silent`: it did not finish its handshake, or bring a message, in time.
 */
export type StreamFault = 'full' | 'handshake' | 'origin' | 'silent';

/** What every endpoint is opened with. */
export interface EndpointContext {
  readonly door?: Doorkeeper | undefined;
  readonly externalAddress: string | undefined;
  readonly limits: TransportLimits;
  /** Required by listeners of TLS and WSS. */
  readonly tls: TlsIdentity | undefined;
  readonly webSocket: WebSocketOptions;
  readonly events: TransportEvents;
}

/** A listener that could not be opened; `code` is the system's, such as EADDRINUSE. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: string | undefined;

  constructor(wanted: Hop, cause: Error) {
    const code = errorCode(cause);
    const why = code === undefined ? '' : ` (${code})`;
    super(`cannot listen on ${wanted.protocol} ${wanted.address} port ${wanted.port}${why}`, {
      cause,
    });
    this.code = code;
  }
}

export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether a serialised request of ours has a To tag, as all within a dialog have. */
export function isWithinDialog(request: Buffer): boolean {
  const at = request.indexOf('\r\nTo: ');
  return at >= 0 && request.subarray(at, request.indexOf('\r\n', at + 2)).includes(';tag=');
}

/** Whether serialised bytes are a response: `SIP/` begins no method, a slash is no token. */
export function isResponse(bytes: Buffer): boolean {
  return bytes[0] === 0x53 && bytes[1] === 0x49 && bytes[2] === 0x50 && bytes[3] === 0x2f;
}
