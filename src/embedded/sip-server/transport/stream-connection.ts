import { performance } from 'node:perf_hooks';
import type { Hop, Listener } from '../message/sip-message.js';
import { isResponse, type EndpointContext } from './endpoint.js';
import { failLater, PendingSends } from './pending-sends.js';
import type { Framed } from './stream-framer.js';
import type { StreamWire, Written } from './stream-wire.js';
import type { SendFailed } from './transport.js';

const pong = '\r\n';

/**
 * One stream, whoever opened it. It is its own judge of when to go: `sweep` is called every so
 * often and looks at how long it has been waiting for what.
 */
export class StreamConnection {
  readonly remote: Hop;
  readonly #wire: StreamWire;
  readonly #listener: Listener;
  readonly #context: EndpointContext;
  readonly #pending = new PendingSends();
  /** Monotonic, as all times here. */
  readonly #openedAtMs = performance.now();
  /** Those we open ourselves take their time to. */
  readonly #accepted: boolean;
  #heard = false;
  #activeAtMs = this.#openedAtMs;
  #heardAtMs = this.#openedAtMs;
  #partialSinceMs: number | undefined;
  #unsentSinceMs: number | undefined;
  #pingedAtMs: number | undefined;
  #endedAtMs: number | undefined;
  #leavingSinceMs: number | undefined;

  constructor(
    wire: StreamWire,
    remote: Hop,
    listener: Listener,
    context: EndpointContext,
    closed: (connection: StreamConnection) => void,
  ) {
    this.remote = remote;
    this.#wire = wire;
    this.#accepted = wire.open;
    this.#listener = listener;
    this.#context = context;
    wire.attach({
      framed: (items, midMessage) => this.#take(items, midMessage),
      ponged: () => this.#ponged(),
      ended: () => this.#ended(),
      closed: () => {
        this.#leavingSinceMs ??= performance.now();
        closed(this);
        this.#pending.fail(wire.open ? 'closed' : 'unreachable');
      },
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
    this.#wire.end();
  }

  destroy(): void {
    this.#wire.destroy();
  }

  sweep(nowMs: number): void {
    const { connectMs, lingerMs, unsentMs } = this.#context.limits;
    this.#unsentSinceMs = this.#wire.unsentBytes > 0 ? (this.#unsentSinceMs ?? nowMs) : undefined;
    if (this.#leavingSinceMs !== undefined) {
      if (nowMs - this.#leavingSinceMs >= lingerMs) this.destroy();
    } else if (!this.#wire.open) {
      if (nowMs - this.#openedAtMs >= connectMs) this.destroy();
    } else if (elapsed(nowMs, this.#unsentSinceMs, unsentMs)) {
      // Whoever does not read would not read a goodbye either.
      this.destroy();
    } else if (this.#overdue(nowMs)) {
      if (this.#accepted && !this.#heard) this.#context.door?.lost(this.remote.address, 'silent');
      this.leave();
    } else {
      this.#keepAlive(nowMs);
    }
  }

  #overdue(nowMs: number): boolean {
    const { partialMs, firstMs, idleMs, halfOpenMs, pongMs } = this.#context.limits;
    const firstSinceMs = this.#heard ? undefined : this.#openedAtMs;
    return (
      elapsed(nowMs, this.#activeAtMs, idleMs) ||
      elapsed(nowMs, firstSinceMs, firstMs) ||
      elapsed(nowMs, this.#partialSinceMs, partialMs) ||
      elapsed(nowMs, this.#pingedAtMs, pongMs) ||
      elapsed(nowMs, this.#endedAtMs, halfOpenMs)
    );
  }

  /** A silent WebSocket is asked whether it lives, before a proxy on the way forgets it. */
  #keepAlive(nowMs: number): void {
    const due = elapsed(nowMs, this.#heardAtMs, this.#context.limits.pingMs);
    if (!due || !this.#heard || this.#pingedAtMs !== undefined) return;
    if (this.#wire.ping === undefined) return;
    this.#pingedAtMs = nowMs;
    this.#wire.ping();
  }

  #ponged(): void {
    this.#heardAtMs = performance.now();
    this.#activeAtMs = this.#heardAtMs;
    this.#pingedAtMs = undefined;
  }

  /** The peer's FIN: what we asked him stays unanswered, what he asked may still be answered. */
  #ended(): void {
    this.#endedAtMs = performance.now();
    if (!this.#heard || this.#partialSinceMs !== undefined) this.leave();
    this.#pending.fail('closed');
  }

  get #writable(): boolean {
    return this.#leavingSinceMs === undefined && this.#wire.writable;
  }

  #take(items: readonly Framed[], midMessage: boolean): void {
    // Read on and thrown away: closing with bytes unread would reset the stream (RFC 1122 §4.2.2.13)
    // and take our last answer with it.
    if (this.#leavingSinceMs !== undefined) return;
    this.#ponged();
    const pings = this.#handle(items);
    if (pings > 0 && this.#writable) this.#write(Buffer.from(pong.repeat(pings), 'latin1'));
    if (!midMessage) this.#partialSinceMs = undefined;
    else if (items.length > 0) this.#partialSinceMs = this.#activeAtMs;
    else this.#partialSinceMs ??= this.#activeAtMs;
  }

  /** Passes everything on in order; returns how many pings there were. */
  #handle(items: readonly Framed[]): number {
    let pings = 0;
    for (const item of items) {
      this.#heard = true;
      this.#pending.heard();
      if (item.kind === 'ping') pings += 1;
      else if (item.kind === 'message') {
        if (this.#isLetIn()) this.#deliver(item);
      } else this.#refuse(item);
    }
    return pings;
  }

  #deliver({ message, bytes }: Framed & { kind: 'message' }): void {
    const { remote: from } = this;
    this.#context.events.message({ message, bytes, from, listener: this.#listener });
  }

  #refuse({ error, raw, fatal }: Framed & { kind: 'refused' }): void {
    const { door, events } = this.#context;
    if (this.#isLetIn()) {
      if (error.answerable === undefined) door?.noise(this.remote.address);
      else events.unparsable?.(raw, this.remote, this.#listener, error);
    }
    if (fatal) this.leave();
  }

  /** The stream was let in when it opened; each of its messages, broken or not, has its turn here. */
  #isLetIn(): boolean {
    const { address, protocol } = this.remote;
    return this.#context.door?.hears(address, protocol) !== false;
  }

  #write(bytes: Buffer, written?: Written): boolean {
    // A peer that stops reading must not make us keep what it does not take.
    if (this.#wire.unsentBytes + bytes.length > this.#context.limits.unsentBytes) {
      this.destroy();
      return false;
    }
    this.#wire.write(bytes, written);
    return true;
  }
}

function elapsed(nowMs: number, sinceMs: number | undefined, limitMs: number): boolean {
  return sinceMs !== undefined && nowMs - sinceMs >= limitMs;
}
