import type { RemoteInfo, Socket } from 'node:dgram';
import { performance } from 'node:perf_hooks';
import type { Hop, Listener } from '../message/sip-message.js';
import { PendingSends } from './pending-sends.js';
import type { SendFailed } from './transport.js';
import { createUdpSocket } from './udp-socket.js';

/** Destinations watched at once; the one unused for longest makes room. */
const mostPeers = 256;
/** Well above 64·T1 (RFC 3261 §17.1.1.2), so that no request outlives the socket that watches it. */
const idleMs = 60_000;
const sweepMs = 10_000;

interface Peer {
  readonly key: string;
  readonly socket: Socket;
  readonly pending: PendingSends;
  /** Shared by all sends: a refusal may be reported by the next send instead of the socket. */
  readonly sent: (error: Error | null) => void;
  /** Monotonic. */
  usedAtMs: number;
}

type Receive = (bytes: Buffer, from: RemoteInfo) => void;

/**
 * Sends requests so that "nothing listens there" is heard. Linux reports an ICMP port unreachable
 * only to a socket that is connected to the destination, so each destination of requests gets one,
 * bound to the listener's own port beside it (SO_REUSEADDR, which on Linux lets UDP sockets share a
 * port). What that peer sends then arrives on its socket, and is taken in exactly as on the
 * listener's. Binding and connecting happen within one turn of the event loop and cost about 25 µs;
 * a datagram of someone else's that falls between them is read from here too, and not lost.
 */
export class UdpPeers {
  /** Elsewhere a shared port spreads datagrams by chance; there the transaction timer must do. */
  static readonly supported = process.platform === 'linux';

  readonly #listener: Listener;
  readonly #receive: Receive;
  readonly #peers = new Map<string, Peer>();
  #sweeper: NodeJS.Timeout | undefined;

  constructor(listener: Listener, receive: Receive) {
    this.#listener = listener;
    this.#receive = receive;
  }

  /** False when no socket could be had for that destination: the listener's own must do. */
  send(bytes: Buffer, to: Hop, failed: SendFailed): boolean {
    const key = `${to.address} ${to.port}`;
    const peer = this.#peers.get(key) ?? this.#open(key, to);
    if (peer === undefined) return false;
    peer.usedAtMs = performance.now();
    peer.pending.add(failed);
    peer.socket.send(bytes, peer.sent);
    return true;
  }

  close(): void {
    for (const peer of [...this.#peers.values()]) this.#drop(peer);
  }

  #open(key: string, to: Hop): Peer | undefined {
    if (this.#peers.size >= mostPeers) this.#dropStalest();
    const socket = createUdpSocket(this.#listener.address, true);
    const pending = new PendingSends();
    // Whatever it is, a refusal or a route that is gone: the next request starts afresh.
    const failed = (): void => {
      this.#drop(peer);
      pending.fail('unreachable');
    };
    const sent = (error: Error | null): void => {
      if (error !== null) failed();
    };
    const peer: Peer = { key, socket, pending, sent, usedAtMs: performance.now() };
    socket.on('error', failed);
    socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
      pending.heard();
      this.#receive(bytes, from);
    });
    this.#peers.set(key, peer);
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepMs).unref();
    if (this.#connect(socket, to)) return peer;
    this.#drop(peer);
    return undefined;
  }

  /** In one turn: both calls are synchronous, since the look-up is. */
  #connect(socket: Socket, to: Hop): boolean {
    const bound = { yes: false };
    socket.once('listening', () => (bound.yes = true));
    socket.bind({ address: this.#listener.address, port: this.#listener.port, exclusive: true });
    if (bound.yes) socket.connect(to.port, to.address);
    return bound.yes && isConnected(socket);
  }

  #drop(peer: Peer): void {
    if (this.#peers.get(peer.key) !== peer) return;
    this.#peers.delete(peer.key);
    peer.socket.close();
    if (this.#peers.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  #dropStalest(): void {
    let stalest: Peer | undefined;
    for (const peer of this.#peers.values()) {
      if (stalest === undefined || peer.usedAtMs < stalest.usedAtMs) stalest = peer;
    }
    if (stalest !== undefined) this.#drop(stalest);
  }

  #sweep(): void {
    const before = performance.now() - idleMs;
    for (const peer of [...this.#peers.values()]) if (peer.usedAtMs < before) this.#drop(peer);
  }
}

/** The `connect` event comes a turn later than the connection. */
function isConnected(socket: Socket): boolean {
  try {
    socket.remoteAddress();
    return true;
  } catch {
    return false;
  }
}
