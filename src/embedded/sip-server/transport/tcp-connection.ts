import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Hop, Listener } from '../message/sip-message.js';
import { isResponse, type EndpointContext } from './endpoint.js';
import { failLater, PendingSends } from './pending-sends.js';
import { StreamFramer, type Framed } from './stream-framer.js';
import type { SendFailed } from './transport.js';

const pong = '\r\n';

/**
 * One stream, whoever opened it. It is its own judge of when to go: `sweep` is called every so
 * often and looks at how long it has been waiting for what.
 */
export class TcpConnection {
  readonly remote: Hop;
  readonly #socket: Socket;
  readonly #listener: Listener;
  readonly #context: EndpointContext;
  readonly #framer: StreamFramer;
  readonly #pending = new PendingSends();
  /** Monotonic, as all times here. */
  readonly #openedAtMs = performance.now();
  #connected: boolean;
  #heard = false;
  #activeAtMs = this.#openedAtMs;
  #partialSinceMs: number | undefined;
  #endedAtMs: number | undefined;
  #leavingSinceMs: number | undefined;

  constructor(
    socket: Socket,
    remote: Hop,
    listener: Listener,
    context: EndpointContext,
    closed: (connection: TcpConnection) => void,
  ) {
    this.remote = remote;
    this.#socket = socket;
    this.#listener = listener;
    this.#context = context;
    this.#framer = new StreamFramer(context.limits.message);
    this.#connected = !socket.connecting;
    socket.on('connect', () => (this.#connected = true));
    socket.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    socket.on('end', () => {
      this.#ended();
    });
    // An error is always followed by `close`, where its consequences are drawn.
    socket.on('error', ignore);
    socket.on('close', () => {
      this.#leavingSinceMs ??= performance.now();
      closed(this);
      this.#pending.fail(this.#connected ? 'closed' : 'unreachable');
    });
  }

  get activeAtMs(): number {
    return this.#activeAtMs;
  }

  /** First to go when room is short: who has not sent a whole message yet, or has said goodbye. */
  get expendable(): boolean {
    return !this.#heard || this.#endedAtMs !== undefined;
  }

  /** A peer that has closed his side can still be answered, but no longer be asked. */
  takes(bytes: Buffer): boolean {
    return this.takesRequests || (this.#writable && isResponse(bytes));
  }

  get takesRequests(): boolean {
    return this.#writable && this.#endedAtMs === undefined;
  }

  send(bytes: Buffer, failed: SendFailed): void {
    this.#activeAtMs = performance.now();
    if (!isResponse(bytes)) {
      this.#pending.add(failed);
      this.#write(bytes);
      return;
    }
    // A response is done with once it is written: the caller may hang up when he has it.
    const taken = this.#write(bytes, (error) => {
      if (error) failed({ ok: false, why: 'closed' });
    });
    if (!taken) failLater(failed, 'closed');
  }

  /** Says goodbye after what is still to be written; whatever comes in from now on is discarded. */
  leave(): void {
    if (this.#leavingSinceMs !== undefined) return;
    this.#leavingSinceMs = performance.now();
    if (this.#connected) this.#socket.end();
    else this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  sweep(nowMs: number): void {
    const { connectMs, lingerMs } = this.#context.limits;
    if (this.#leavingSinceMs !== undefined) {
      if (nowMs - this.#leavingSinceMs >= lingerMs) this.destroy();
    } else if (!this.#connected) {
      if (nowMs - this.#openedAtMs >= connectMs) this.destroy();
    } else if (this.#overdue(nowMs)) {
      this.leave();
    }
  }

  #overdue(nowMs: number): boolean {
    const { partialMs, firstMs, idleMs, halfOpenMs } = this.#context.limits;
    const firstSinceMs = this.#heard ? undefined : this.#openedAtMs;
    return (
      elapsed(nowMs, this.#activeAtMs, idleMs) ||
      elapsed(nowMs, firstSinceMs, firstMs) ||
      elapsed(nowMs, this.#partialSinceMs, partialMs) ||
      elapsed(nowMs, this.#endedAtMs, halfOpenMs)
    );
  }

  /** The peer's FIN: what we asked him stays unanswered, what he asked may still be answered. */
  #ended(): void {
    this.#endedAtMs = performance.now();
    if (!this.#heard || this.#framer.midMessage) this.leave();
    this.#pending.fail('closed');
  }

  get #writable(): boolean {
    return this.#leavingSinceMs === undefined && this.#socket.writable;
  }

  #take(chunk: Buffer): void {
    // Read on and thrown away: closing with bytes unread would reset the stream (RFC 1122 §4.2.2.13)
    // and take our last answer with it.
    if (this.#leavingSinceMs !== undefined) return;
    this.#activeAtMs = performance.now();
    const framed = this.#framer.push(chunk);
    const pings = this.#handle(framed);
    if (pings > 0 && this.#writable) this.#write(Buffer.from(pong.repeat(pings), 'latin1'));
    if (!this.#framer.midMessage) this.#partialSinceMs = undefined;
    else if (framed.length > 0) this.#partialSinceMs = this.#activeAtMs;
    else this.#partialSinceMs ??= this.#activeAtMs;
  }

  /** Passes everything on in order; returns how many pings there were. */
  #handle(framed: readonly Framed[]): number {
    let pings = 0;
    for (const item of framed) {
      this.#heard = true;
      this.#pending.heard();
      if (item.kind === 'ping') pings += 1;
      else if (item.kind === 'message') this.#deliver(item);
      else this.#refuse(item);
    }
    return pings;
  }

  #deliver({ message, bytes }: Framed & { kind: 'message' }): void {
    const { remote: from } = this;
    this.#context.events.message({ message, bytes, from, listener: this.#listener });
  }

  #refuse({ error, raw, fatal }: Framed & { kind: 'refused' }): void {
    if (error.answerable !== undefined) {
      this.#context.events.unparsable?.(raw, this.remote, this.#listener, error);
    }
    if (fatal) this.leave();
  }

  #write(bytes: Buffer, written?: (error?: Error | null) => void): boolean {
    // A peer that stops reading must not make us keep what it does not take.
    if (this.#socket.writableLength + bytes.length > this.#context.limits.unsentBytes) {
      this.destroy();
      return false;
    }
    this.#socket.write(bytes, written);
    return true;
  }
}

function elapsed(nowMs: number, sinceMs: number | undefined, limitMs: number): boolean {
  return sinceMs !== undefined && nowMs - sinceMs >= limitMs;
}

function ignore(): void {
  // See above.
}
