import type { Socket } from 'node:net';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import type { MessageLimits } from '../message/limits.js';
import type { Hop, Listener } from '../message/sip-message.js';
import { speaksFor } from './sip-domain.js';
import { socketOptions, type StreamProtocol } from './stream-protocol.js';
import { SocketWire } from './stream-wire.js';
import type { TlsIdentity } from './tls-identity.js';
import type { TransportEvents } from './transport.js';

export function tlsProtocol(
  identity: TlsIdentity,
  limits: MessageLimits,
  { trouble }: Pick<TransportEvents, 'trouble'>,
): StreamProtocol {
  const handshakes = new TlsHandshakes(identity);
  const distrusted = new Distrusted();
  return {
    receive: (socket, ready) =>
      handshakes.receive(socket, (secured) => ready(new SocketWire(secured, limits))),
    call: (to, from) => {
      const socket = callOver(identity, to, from);
      socket.once('error', (error: Error) => {
        const news = distrusted.failed(to, error);
        if (news !== undefined) trouble?.(news, from);
      });
      socket.once('secureConnect', () => distrusted.trusted(to));
      return new SocketWire(socket, limits, 'secureConnect');
    },
  };
}

/** Takes accepted TCP connections through the handshake; whoever fails it is cut off. */
export class TlsHandshakes {
  readonly #server: Server;
  readonly #identity: TlsIdentity;
  /** Who waits for which caller, by the caller's address and port. */
  readonly #waiting = new Map<string, (secured: TLSSocket) => void>();

  constructor(identity: TlsIdentity) {
    this.#identity = identity;
    const { clientCertificates } = identity.options;
    this.#server = createServer({
      ...identity.context,
      requestCert: clientCertificates !== 'none',
      rejectUnauthorized: clientCertificates === 'require',
      allowHalfOpen: true,
    });
    identity.follow((context) => this.#server.setSecureContext(context));
    this.#server.on('secureConnection', (secured) => this.#secured(secured));
    this.#server.on('tlsClientError', (_, secured) => secured.destroy());
  }

  receive(socket: Socket, ready: (secured: TLSSocket) => void): void {
    const key = keyOf(socket);
    this.#waiting.set(key, ready);
    socket.once('close', () => this.#waiting.delete(key));
    // It never listens by itself: that way a caller is counted before it can cost us a handshake.
    this.#server.emit('connection', socket);
  }

  #secured(secured: TLSSocket): void {
    const key = keyOf(secured);
    const ready = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (ready === undefined || !this.#welcome(secured)) secured.destroy();
    else ready(secured);
  }

  /** Where a certificate is only asked for, none is no fault, but a bad one is. */
  #welcome(secured: TLSSocket): boolean {
    if (this.#identity.options.clientCertificates !== 'request') return true;
    return secured.authorized || secured.getPeerX509Certificate() === undefined;
  }
}

/** Peers that could not be trusted, so that the log tells of each once and not at every call. */
class Distrusted {
  readonly #told = new Map<string, string>();

  /** What there is to tell, if it is new. */
  failed(to: Hop, error: Error): Error | undefined {
    // Not reached at all: the request fails and that is all there is to it.
    if ('syscall' in error) return undefined;
    const peer = `${to.domain ?? ''} ${to.address} ${to.port}`.trim();
    if (this.#told.get(peer) === error.message) return undefined;
    if (this.#told.size >= mostTold) this.#told.clear();
    this.#told.set(peer, error.message);
    return new Error(`no TLS with ${peer}: ${error.message}`);
  }

  trusted(to: Hop): void {
    this.#told.delete(`${to.domain ?? ''} ${to.address} ${to.port}`.trim());
  }
}

const mostTold = 256;

function callOver(identity: TlsIdentity, to: Hop, from: Listener): TLSSocket {
  const domain = to.domain ?? to.address;
  const { wildcardNames } = identity.options;
  return connect({
    ...socketOptions(to, from),
    secureContext: identity.client,
    // RFC 6066 §3: an address is no server name.
    ...(to.domain === undefined ? {} : { servername: to.domain }),
    rejectUnauthorized: true,
    checkServerIdentity: (_, certificate) =>
      speaksFor(certificate, domain, wildcardNames)
        ? undefined
        : new Error(`its certificate does not speak for ${domain}`),
  });
}

function keyOf(socket: Socket): string {
  return `${socket.remoteAddress ?? ''} ${socket.remotePort ?? ''}`;
}
