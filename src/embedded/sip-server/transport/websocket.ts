import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { MessageLimits } from '../message/limits.js';
import type { StreamProtocol } from './stream-protocol.js';
import type { StreamWire } from './stream-wire.js';
import { TlsHandshakes } from './tls.js';
import type { TlsIdentity } from './tls-identity.js';
import { WebSocketWire } from './websocket-wire.js';

export interface WebSocketOptions {
  /** What a browser's page may come from, such as `https://app.example.com`; undefined: anywhere. */
  readonly origins?: readonly string[] | undefined;
}

const mostHeaderBytes = 8_192;

export function wsProtocol(options: WebSocketOptions, limits: MessageLimits): StreamProtocol {
  const upgrades = new Upgrades(options, limits);
  return {
    receive: (...accepted) => upgrades.receive(...accepted),
    call: undefined,
  };
}

export function wssProtocol(
  identity: TlsIdentity,
  options: WebSocketOptions,
  limits: MessageLimits,
): StreamProtocol {
  const handshakes = new TlsHandshakes(identity);
  const upgrades = new Upgrades(options, limits);
  return {
    receive: (socket, ...told) =>
      handshakes.receive(socket, (secured) => upgrades.receive(secured, ...told)),
    call: undefined,
  };
}

interface Waiting {
  readonly ready: (wire: StreamWire) => void;
  readonly foreign: () => void;
}

const foreignOrigin = '403 Forbidden';

/** Takes connections from HTTP to WebSocket with the subprotocol `sip` (RFC 7118 §4). */
class Upgrades {
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #options: WebSocketOptions;
  readonly #limits: MessageLimits;
  readonly #waiting = new WeakMap<Duplex, Waiting>();

  constructor(options: WebSocketOptions, limits: MessageLimits) {
    this.#options = options;
    this.#limits = limits;
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: limits.messageBytes,
      handleProtocols: () => 'sip',
    });
    this.#http = createServer({ maxHeaderSize: mostHeaderBytes }, (_, response) => {
      response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end();
    });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#http.on('clientError', (_, socket) => socket.destroy());
  }

  receive(socket: Socket, ready: Waiting['ready'], foreign: Waiting['foreign']): void {
    this.#waiting.set(socket, { ready, foreign });
    // It never listens by itself, as with TLS.
    this.#http.emit('connection', socket);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const waiting = this.#waiting.get(socket);
    const refusal = this.#refusalOf(request);
    if (waiting === undefined || refusal !== undefined) {
      if (refusal === foreignOrigin) waiting?.foreign();
      refuse(socket, refusal ?? '400 Bad Request');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      waiting.ready(new WebSocketWire(webSocket, socket, this.#limits));
    });
  }

  #refusalOf({ headers }: IncomingMessage): string | undefined {
    const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
    if (!offered.includes('sip')) return '400 Bad Request';
    const { origins } = this.#options;
    // Only browsers send Origin, and they cannot leave it out (RFC 6455 §10.2).
    if (origins === undefined || headers.origin === undefined) return undefined;
    return origins.includes(headers.origin.toLowerCase()) ? undefined : foreignOrigin;
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
