import type { Socket } from 'node:net';
import type { MessageLimits } from '../message/limits.js';
import { StreamFramer, type Framed } from './stream-framer.js';

/**
 * What carries SIP to one peer once every handshake below is done: bytes to be cut into messages
 * over TCP and TLS, whole messages over WebSocket.
 */
export interface StreamWire {
  /** False while it is still being opened. */
  readonly open: boolean;
  readonly writable: boolean;
  /** What was written and has not left, in bytes. */
  readonly unsentBytes: number;
  /** Tells what happens from now on; called once. */
  attach(events: WireEvents): void;
  write(bytes: Buffer, written?: Written): void;
  /** Says goodbye once everything written has left. */
  end(): void;
  destroy(): void;
  /** Asks for a sign of life; undefined where only the peer can do that (RFC 5626 §3.5.1). */
  readonly ping?: () => void;
}

export type Written = (error?: Error | null) => void;

export interface WireEvents {
  /** Bytes have come: what they complete, and whether a message has begun that has not ended. */
  framed(items: readonly Framed[], midMessage: boolean): void;
  /** The answer to a ping of ours. */
  ponged(): void;
  /** The peer has closed his side. */
  ended(): void;
  /** Nothing goes either way any more; always comes, and last. */
  closed(): void;
}

/** A TCP or TLS socket. */
export class SocketWire implements StreamWire {
  readonly #socket: Socket;
  readonly #framer: StreamFramer;
  readonly #opening: 'connect' | 'secureConnect' | undefined;
  /** Kept back while the socket opens: Node would hand it to a TLS peer not yet checked. */
  #held: { readonly bytes: Buffer; readonly written: Written | undefined }[] = [];
  #heldBytes = 0;
  #open: boolean;

  /** `opening` is the event after which the socket may be used, when it is not yet. */
  constructor(socket: Socket, limits: MessageLimits, opening?: 'connect' | 'secureConnect') {
    this.#socket = socket;
    this.#framer = new StreamFramer(limits);
    this.#opening = opening;
    this.#open = opening === undefined;
  }

  get open(): boolean {
    return this.#open;
  }

  get writable(): boolean {
    return this.#socket.writable;
  }

  get unsentBytes(): number {
    return this.#socket.writableLength + this.#heldBytes;
  }

  attach(events: WireEvents): void {
    const socket = this.#socket;
    if (this.#opening !== undefined) {
      socket.once(this.#opening, () => {
        this.#open = true;
        this.#release();
      });
    }
    socket.on('data', (chunk: Buffer) => {
      const items = this.#framer.push(chunk);
      events.framed(items, this.#framer.midMessage);
    });
    socket.on('end', () => events.ended());
    // An error is always followed by `close`, where its consequences are drawn.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      events.closed();
      for (const { written } of this.#held.splice(0)) written?.(new Error('never opened'));
    });
  }

  write(bytes: Buffer, written?: Written): void {
    if (this.#open) {
      this.#socket.write(bytes, written);
      return;
    }
    this.#held.push({ bytes, written });
    this.#heldBytes += bytes.length;
  }

  end(): void {
    if (this.#open) this.#socket.end();
    else this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #release(): void {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    for (const { bytes, written } of held) this.#socket.write(bytes, written);
  }
}
