import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Hop, Listener } from '../message/sip-message.js';
import { isResponse, ListenError, type Endpoint, type EndpointContext } from './endpoint.js';
import { externalAddressFor } from './external-address.js';
import { failLater } from './pending-sends.js';
import { whoGoes } from './tcp-room.js';
import { TcpConnection } from './tcp-connection.js';
import type { TransportLimits } from './transport-limits.js';
import type { SendFailed } from './transport.js';

/** An unused stream shows a dead peer by its keep-alive, long before the idle limit. */
const keepAliveMs = 60_000;
/** A SYN flood waits in the kernel, not here. */
const backlog = 511;

export async function openTcp(wanted: Hop, context: EndpointContext): Promise<Endpoint> {
  // allowHalfOpen: a caller that has said all it has to say still wants the answer.
  const server = createServer({
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
  });
  const { address, port } = await listen(server, wanted);
  const externalAddress = externalAddressFor(address, context.externalAddress);
  return new TcpEndpoint(server, { protocol: 'tcp', address, port, externalAddress }, context);
}

/**
 * Streams of one listener, keyed by the far end: one that a peer opened serves our requests to that
 * address and port as well (RFC 3261 §18). When there are as many as allowed, a newcomer takes the
 * place that `whoGoes` finds for him, or is turned away.
 */
class TcpEndpoint implements Endpoint {
  readonly listener: Listener;
  readonly #server: Server;
  readonly #context: EndpointContext;
  readonly #connections = new Map<string, TcpConnection>();
  #sweeper: NodeJS.Timeout | undefined;
  #emptied: (() => void) | undefined;
  #closed = false;

  constructor(server: Server, listener: Listener, context: EndpointContext) {
    this.listener = listener;
    this.#server = server;
    this.#context = context;
    server.on('connection', (socket) => {
      this.#accept(socket);
    });
    server.on('error', (error) => context.events.trouble?.(error, listener));
  }

  connected(to: Hop): boolean {
    return this.#connections.get(keyOf(to))?.takesRequests === true;
  }

  send(bytes: Buffer, to: Hop, failed: SendFailed): void {
    if (this.#closed) {
      failLater(failed, 'closed');
      return;
    }
    const known = this.#connections.get(keyOf(to));
    if (known?.takes(bytes) === true) known.send(bytes, failed);
    // Nobody listens on the port a caller called from, so an answer he cannot take is lost.
    else if (isResponse(bytes)) failLater(failed, 'closed');
    else this.#call(bytes, to, failed);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const emptied = new Promise<void>((resolve) => (this.#emptied = resolve));
    for (const connection of [...this.#connections.values()]) connection.leave();
    if (this.#connections.size > 0) await emptied;
    await stopped;
  }

  #accept(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    // Gone before we looked, or one too many.
    if (remoteAddress === undefined || remotePort === undefined || !this.#makeRoom(remoteAddress)) {
      socket.destroy();
      return;
    }
    this.#adopt(socket, { protocol: 'tcp', address: remoteAddress, port: remotePort });
  }

  #call(bytes: Buffer, to: Hop, failed: SendFailed): void {
    if (this.#makeRoom(to.address)) this.#open(to).send(bytes, failed);
    else failLater(failed, 'closed');
  }

  #open(to: Hop): TcpConnection {
    const { address } = this.listener;
    const wildcard = address === '0.0.0.0' || address === '::';
    const socket = connect({
      host: to.address,
      port: to.port,
      ...(wildcard ? {} : { localAddress: address }),
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
    });
    return this.#adopt(socket, to);
  }

  #adopt(socket: Socket, remote: Hop): TcpConnection {
    const key = keyOf(remote);
    const connection = new TcpConnection(socket, remote, this.listener, this.#context, (gone) => {
      if (this.#connections.get(key) === gone) this.#connections.delete(key);
      if (this.#connections.size === 0) this.#rest();
    });
    this.#connections.set(key, connection);
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepMs(this.#context.limits));
    return connection;
  }

  #makeRoom(newcomer: string): boolean {
    if (this.#connections.size < this.#context.limits.connections) return true;
    const leaver = whoGoes(this.#connections.values(), newcomer);
    if (leaver === undefined) return false;
    leaver.destroy();
    this.#connections.delete(keyOf(leaver.remote));
    return true;
  }

  #sweep(): void {
    const nowMs = performance.now();
    for (const connection of [...this.#connections.values()]) connection.sweep(nowMs);
  }

  /** No stream, no timer: an idle daemon does not wake up. */
  #rest(): void {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
    this.#emptied?.();
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

function keyOf(hop: Hop): string {
  return `${hop.address} ${hop.port}`;
}

/** Often enough that no limit is overrun by more than a quarter, but not more than needed. */
function sweepMs(limits: TransportLimits): number {
  const { connectMs, partialMs, firstMs, halfOpenMs, idleMs, lingerMs } = limits;
  const shortest = Math.min(connectMs, partialMs, firstMs, halfOpenMs, idleMs, lingerMs);
  return Math.max(20, Math.min(1_000, shortest / 4));
}
