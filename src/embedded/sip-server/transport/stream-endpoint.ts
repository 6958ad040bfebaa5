import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Hop, Listener } from '../message/sip-message.js';
import {
  isResponse,
  ListenError,
  type Endpoint,
  type EndpointContext,
  type StreamFault,
} from './endpoint.js';
import { externalAddressFor } from './external-address.js';
import { failLater } from './pending-sends.js';
import { StreamConnection } from './stream-connection.js';
import { streamOptions, type StreamProtocol } from './stream-protocol.js';
import { StreamRoom, type Occupant } from './stream-room.js';
import type { StreamWire } from './stream-wire.js';
import type { TransportLimits } from './transport-limits.js';
import type { SendFailed } from './transport.js';

/** A SYN flood waits in the kernel, not here. */
const backlog = 511;

/** TCP, or whatever else `protocol` makes of a TCP connection. */
export async function openStreams(
  wanted: Hop,
  protocol: StreamProtocol,
  context: EndpointContext,
): Promise<Endpoint> {
  const server = createServer(streamOptions);
  const { address, port } = await listen(server, wanted);
  const externalAddress = externalAddressFor(address, context.externalAddress);
  const listener = { protocol: wanted.protocol, address, port, externalAddress };
  return new StreamEndpoint(server, listener, protocol, context);
}

/** An accepted connection that is not a stream for SIP yet. */
interface Handshake extends Occupant {
  readonly expendable: true;
  /** Default: to make room for another. */
  destroy(why?: StreamFault): void;
}

/**
 * Streams of one listener, keyed by the far end: one that a peer opened serves our requests to that
 * address and port as well (RFC 3261 §18). Who may have one, and who has to go when there are as
 * many as allowed, is decided by StreamRoom.
 */
class StreamEndpoint implements Endpoint {
  readonly listener: Listener;
  readonly #server: Server;
  readonly #protocol: StreamProtocol;
  readonly #context: EndpointContext;
  readonly #room: StreamRoom<StreamConnection | Handshake>;
  readonly #connections = new Map<string, StreamConnection>();
  #sweeper: NodeJS.Timeout | undefined;
  #emptied: (() => void) | undefined;
  #closed = false;

  constructor(
    server: Server,
    listener: Listener,
    protocol: StreamProtocol,
    context: EndpointContext,
  ) {
    this.listener = listener;
    this.#server = server;
    this.#protocol = protocol;
    this.#context = context;
    this.#room = new StreamRoom(context.limits);
    server.on('connection', (socket) => {
      this.#accept(socket);
    });
    server.on('error', (error) => context.events.trouble?.(error, listener));
  }

  get streams(): number {
    return this.#room.size;
  }

  connected(to: Hop): boolean {
    return this.#connections.get(keyOf(to))?.takesRequests === true;
  }

  send(bytes: Buffer, to: Hop, failed: SendFailed, otherwise?: Hop): void {
    if (this.#closed) {
      failLater(failed, 'closed');
      return;
    }
    if (isResponse(bytes)) this.#answer(bytes, to, failed, otherwise);
    else this.#sendOrCall(bytes, to, failed);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const emptied = new Promise<void>((resolve) => (this.#emptied = resolve));
    for (const one of this.#room) {
      if (one instanceof StreamConnection) one.leave();
      else one.destroy();
    }
    if (this.#room.size > 0) await emptied;
    await stopped;
  }

  #accept(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    // Before anything else is done with it: a reset may come at any moment.
    socket.on('error', () => undefined);
    const { protocol } = this.listener;
    // Gone before we looked, not wanted, or one too many.
    const gone = remoteAddress === undefined || remotePort === undefined || this.#closed;
    if (gone || !this.#welcomes(remoteAddress) || !this.#hasRoomFor(remoteAddress)) {
      socket.destroy();
      return;
    }
    this.#shakeHands(socket, { protocol, address: remoteAddress, port: remotePort });
  }

  #welcomes(address: string): boolean {
    return this.#context.door?.takesStream(address, this.listener.protocol) !== false;
  }

  #hasRoomFor(address: string): boolean {
    if (this.#room.makeRoom(address)) return true;
    this.#context.door?.lost(address, 'full');
    return false;
  }

  #shakeHands(socket: Socket, remote: Hop): void {
    let fault: StreamFault = 'handshake';
    const handshake: Handshake = {
      remote,
      expendable: true,
      activeAtMs: performance.now(),
      destroy: (why = 'full') => {
        // A page of elsewhere that does not hang up is still that.
        if (fault === 'handshake') fault = why;
        socket.destroy();
      },
    };
    this.#enter(handshake, true);
    const given = (): void => {
      this.#leave(handshake);
      if (!this.#closed) this.#context.door?.lost(remote.address, fault);
    };
    const ready = (wire: StreamWire): void => {
      socket.removeListener('close', given);
      this.#adopt(wire, remote);
      this.#leave(handshake);
    };
    socket.once('close', given);
    this.#protocol.receive(socket, ready, () => (fault = 'origin'));
  }

  /** Nobody listens on the port a caller called from, but perhaps elsewhere (RFC 3261 §18.2.2). */
  #answer(bytes: Buffer, to: Hop, failed: SendFailed, otherwise: Hop | undefined): void {
    const known = this.#streamFor(bytes, to);
    const elsewhere = (): void => {
      if (otherwise === undefined || this.#closed) failLater(failed, 'closed');
      else this.#sendOrCall(bytes, otherwise, failed);
    };
    if (known === undefined) elsewhere();
    else known.send(bytes, elsewhere);
  }

  #sendOrCall(bytes: Buffer, to: Hop, failed: SendFailed): void {
    const known = this.#streamFor(bytes, to);
    if (known === undefined) this.#call(bytes, to, failed);
    else known.send(bytes, failed);
  }

  #streamFor(bytes: Buffer, to: Hop): StreamConnection | undefined {
    const known = this.#connections.get(keyOf(to));
    return known?.takes(bytes) === true ? known : undefined;
  }

  #call(bytes: Buffer, to: Hop, failed: SendFailed): void {
    const { call } = this.#protocol;
    if (call === undefined) failLater(failed, 'unreachable');
    else if (!this.#room.makeRoom(to.address)) failLater(failed, 'closed');
    else this.#adopt(call(to, this.listener), to).send(bytes, failed);
  }

  #adopt(wire: StreamWire, remote: Hop): StreamConnection {
    const key = keyOf(remote);
    const connection = new StreamConnection(wire, remote, this.listener, this.#context, (gone) => {
      if (this.#connections.get(key) === gone) this.#connections.delete(key);
      this.#leave(gone);
    });
    this.#connections.set(key, connection);
    this.#enter(connection);
    if (this.#closed) connection.leave();
    return connection;
  }

  #enter(one: StreamConnection | Handshake, handshaking = false): void {
    this.#room.enter(one, handshaking);
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepMs(this.#context.limits));
  }

  /** No stream, no timer: an idle daemon does not wake up. */
  #leave(one: StreamConnection | Handshake): void {
    this.#room.leave(one);
    if (this.#room.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
    this.#emptied?.();
  }

  #sweep(): void {
    const nowMs = performance.now();
    const { handshakeMs } = this.#context.limits;
    for (const one of this.#room) {
      if (one instanceof StreamConnection) one.sweep(nowMs);
      else if (nowMs - one.activeAtMs >= handshakeMs) one.destroy('silent');
    }
  }
}

function listen(server: Server, wanted: Hop): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(new ListenError(wanted, error));
    server.once('error', failed);
    const { address: host, port } = wanted;
    server.listen({ host, port, backlog, ipv6Only: true, exclusive: true }, () => {
      server.removeListener('error', failed);
      const bound = server.address();
      if (bound !== null && typeof bound === 'object') resolve(bound);
    });
  });
}

/** A stream checked against one domain serves no other (RFC 5922 §4). */
function keyOf(hop: Hop): string {
  return `${hop.address} ${hop.port} ${hop.domain ?? ''}`;
}

/** Often enough that no limit is overrun by more than a quarter, but not more than needed. */
function sweepMs(limits: TransportLimits): number {
  const { connectMs, handshakeMs, partialMs, firstMs, halfOpenMs, idleMs, lingerMs } = limits;
  const { unsentMs, pingMs, pongMs } = limits;
  const ofPeers = Math.min(handshakeMs, partialMs, firstMs, halfOpenMs, idleMs);
  const ofOurs = Math.min(connectMs, lingerMs, unsentMs, pingMs, pongMs);
  return Math.max(20, Math.min(1_000, ofPeers / 4, ofOurs / 4));
}
