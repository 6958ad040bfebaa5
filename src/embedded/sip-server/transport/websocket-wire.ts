import { isUtf8 } from 'node:buffer';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { MessageLimits } from '../message/limits.js';
import { orParseError, ParseError } from '../message/parse-error.js';
import { parseMessage } from '../message/parse.js';
import type { Framed } from './stream-framer.js';
import type { StreamWire, WireEvents, Written } from './stream-wire.js';

/** A WebSocket: one SIP message in each of its messages, text or binary (RFC 7118 §5). */
export class WebSocketWire implements StreamWire {
  readonly open = true;
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  readonly #limits: MessageLimits;

  constructor(webSocket: WebSocket, socket: Duplex, limits: MessageLimits) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#limits = limits;
  }

  get writable(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  get unsentBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  attach(events: WireEvents): void {
    const webSocket = this.#webSocket;
    webSocket.binaryType = 'nodebuffer';
    // Before the library reads them: bytes that end no message are the beginning of one.
    this.#socket.prependListener('data', () => events.framed([], true));
    webSocket.on('message', (bytes) => events.framed(this.#read(bytes as Buffer), false));
    webSocket.on('ping', () => events.framed([], false));
    webSocket.on('pong', () => {
      events.framed([], false);
      events.ponged();
    });
    // An error is always followed by `close`, where its consequences are drawn.
    webSocket.on('error', () => undefined);
    webSocket.on('close', () => events.closed());
  }

  write(bytes: Buffer, written?: Written): void {
    // A body may be anything; text frames must be UTF-8 (RFC 6455 §5.6).
    this.#webSocket.send(bytes, { binary: !isUtf8(bytes) }, written);
  }

  end(): void {
    this.#webSocket.close();
  }

  destroy(): void {
    this.#webSocket.terminate();
  }

  ping(): void {
    this.#webSocket.ping();
  }

  #read(bytes: Buffer): Framed[] {
    // RFC 7118 §6 leaves keep-alive to WebSocket, but browsers' SIP libraries send CRLFs as well.
    if (bytes.length <= 4 && /^(?:\r\n)*$/.test(bytes.toString('latin1'))) {
      return bytes.length === 4 ? [{ kind: 'ping' }] : [];
    }
    const message = orParseError(() => parseMessage(bytes, this.#limits));
    if (message instanceof ParseError) {
      return [{ kind: 'refused', error: message, raw: bytes, fatal: false }];
    }
    return [{ kind: 'message', message, bytes: bytes.length }];
  }
}
