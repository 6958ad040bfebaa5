import { isIP } from 'node:net';
import type { Hop, Listener } from '../message/sip-message.js';
import {
  errorCode,
  isResponse,
  isWithinDialog,
  type Doorkeeper,
  type Endpoint,
  type EndpointContext,
} from './endpoint.js';
import { failLater } from './pending-sends.js';
import { openStreams } from './stream-endpoint.js';
import type { StreamProtocol } from './stream-protocol.js';
import { tcpProtocol } from './tcp.js';
import { tlsProtocol } from './tls.js';
import type { TlsIdentity } from './tls-identity.js';
import { defaultTransportLimits, type TransportLimits } from './transport-limits.js';
import type { ReplyPath, SendFailed, Transport, TransportEvents } from './transport.js';
import { openUdp } from './udp.js';
import { wsProtocol, wssProtocol, type WebSocketOptions } from './websocket.js';

export interface TransportOptions {
  /** What we tell peers instead of the bound address: a name, or an address of one family. */
  readonly externalAddress?: string | undefined;
  readonly limits?: Partial<TransportLimits> | undefined;
  /** Required by listeners of TLS and WSS. */
  readonly tls?: TlsIdentity | undefined;
  readonly webSocket?: WebSocketOptions | undefined;
  /** Default: everybody is heard. */
  readonly door?: Doorkeeper | undefined;
}

/**
 * Opens every listener or none (ListenError). Port 0 takes a free port, and if the same address is
 * asked for over several protocols with port 0, the same one for UDP and a stream where that is free.
 */
export async function openTransports(
  listeners: readonly Hop[],
  options: TransportOptions,
  events: TransportEvents,
): Promise<Transport> {
  const limits = { ...defaultTransportLimits, ...options.limits };
  const { externalAddress, tls, webSocket = {}, door } = options;
  const context = { externalAddress, limits, tls, webSocket, events, door };
  const endpoints: Endpoint[] = [];
  try {
    for (const wanted of listeners) endpoints.push(await openOne(wanted, endpoints, context));
  } catch (error) {
    await closeAll(endpoints);
    throw error;
  }
  return new TransportLayer(endpoints, door);
}

class TransportLayer implements Transport {
  readonly listeners: readonly Listener[];
  readonly #endpoints: readonly Endpoint[];
  readonly #door: Doorkeeper | undefined;

  constructor(endpoints: readonly Endpoint[], door: Doorkeeper | undefined) {
    this.#endpoints = endpoints;
    this.#door = door;
    this.listeners = endpoints.map((endpoint) => endpoint.listener);
  }

  get streams(): number {
    return this.#endpoints.reduce((sum, { streams = 0 }) => sum + streams, 0);
  }

  listenerFor(hop: Hop): Listener | undefined {
    return this.#endpointFor(hop)?.listener;
  }

  connected(hop: Hop): boolean {
    return this.#endpointFor(hop)?.connected(hop) === true;
  }

  send(bytes: Buffer, to: Hop, failed: SendFailed, reply?: ReplyPath): void {
    const endpoint = this.#endpointOf(reply?.listener) ?? this.#endpointFor(to);
    // A name would have Node ask DNS, and whoever waits for that answer waits with every other call.
    if (endpoint === undefined || isIP(to.address) === 0 || to.port < 1 || to.port > 65_535) {
      failLater(failed, 'unsupported');
      return;
    }
    if (this.#door !== undefined && !isResponse(bytes)) {
      this.#door.turnsTo(to.address, isWithinDialog(bytes));
    }
    endpoint.send(bytes, to, failed, reply?.otherwise);
  }

  close(): Promise<void> {
    return closeAll(this.#endpoints);
  }

  #endpointOf(listener: Listener | undefined): Endpoint | undefined {
    if (listener === undefined) return undefined;
    return this.#endpoints.find((endpoint) => endpoint.listener === listener);
  }

  /** Of several that could, the one that does not try to leave the host by its loopback address. */
  #endpointFor(hop: Hop): Endpoint | undefined {
    let possible: Endpoint | undefined;
    for (const endpoint of this.#endpoints) {
      const { protocol, address } = endpoint.listener;
      if (protocol !== hop.protocol || isIP(address) !== isIP(hop.address)) continue;
      if (isLoopback(address) === isLoopback(hop.address)) return endpoint;
      possible ??= endpoint;
    }
    return possible;
  }
}

async function openOne(
  wanted: Hop,
  opened: readonly Endpoint[],
  context: EndpointContext,
): Promise<Endpoint> {
  const open = opener(wanted, context);
  const twin = wanted.port === 0 ? twinPort(wanted, opened) : undefined;
  if (twin === undefined) return open(wanted);
  try {
    return await open({ ...wanted, port: twin });
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error;
    return open(wanted);
  }
}

function opener(wanted: Hop, context: EndpointContext): (wanted: Hop) => Promise<Endpoint> {
  if (wanted.protocol === 'udp') return (at) => openUdp(at, context);
  const protocol = streamProtocol(wanted.protocol, context);
  return (at) => openStreams(at, protocol, context);
}

function streamProtocol(
  name: Exclude<Hop['protocol'], 'udp'>,
  context: EndpointContext,
): StreamProtocol {
  const { tls, webSocket, limits, events } = context;
  if (name === 'tcp') return tcpProtocol(limits.message);
  if (name === 'ws') return wsProtocol(webSocket, limits.message);
  if (tls === undefined) throw new Error(`a ${name} listener needs a TLS certificate`);
  return name === 'wss'
    ? wssProtocol(tls, webSocket, limits.message)
    : tlsProtocol(tls, limits.message, events);
}

/** A port that UDP has on that address and no stream yet, or the other way about. */
function twinPort(wanted: Hop, opened: readonly Endpoint[]): number | undefined {
  const here = opened.map((one) => one.listener).filter((one) => one.address === wanted.address);
  const alike = (one: Listener): boolean =>
    (one.protocol === 'udp') === (wanted.protocol === 'udp');
  const taken = here.filter(alike).map((one) => one.port);
  return here.map((one) => one.port).find((port) => !taken.includes(port));
}

async function closeAll(endpoints: readonly Endpoint[]): Promise<void> {
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
