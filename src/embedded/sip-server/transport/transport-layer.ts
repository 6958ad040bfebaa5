import { isIP } from 'node:net';
import type { Hop, Listener } from '../message/sip-message.js';
import { errorCode, type Endpoint, type EndpointContext } from './endpoint.js';
import { failLater } from './pending-sends.js';
import { openTcp } from './tcp.js';
import { defaultTransportLimits, type TransportLimits } from './transport-limits.js';
import type { SendFailed, Transport, TransportEvents } from './transport.js';
import { openUdp } from './udp.js';

export interface TransportOptions {
  /** What we tell peers instead of the bound address: a name, or an address of one family. */
  readonly externalAddress?: string | undefined;
  readonly limits?: Partial<TransportLimits> | undefined;
}

/**
 * Opens every listener or none (ListenError). Port 0 takes a free port, and if the same address is
 * asked for over both protocols with port 0, the same one for both where that is free.
 */
export async function openTransports(
  listeners: readonly Hop[],
  options: TransportOptions,
  events: TransportEvents,
): Promise<Transport> {
  const limits = { ...defaultTransportLimits, ...options.limits };
  const context = { externalAddress: options.externalAddress, limits, events };
  const endpoints: Endpoint[] = [];
  try {
    for (const wanted of listeners) endpoints.push(await openOne(wanted, endpoints, context));
  } catch (error) {
    await closeAll(endpoints);
    throw error;
  }
  return new TransportLayer(endpoints);
}

class TransportLayer implements Transport {
  readonly listeners: readonly Listener[];
  readonly #endpoints: readonly Endpoint[];

  constructor(endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
    this.listeners = endpoints.map((endpoint) => endpoint.listener);
  }

  listenerFor(hop: Hop): Listener | undefined {
    return this.#endpointFor(hop)?.listener;
  }

  connected(hop: Hop): boolean {
    return this.#endpointFor(hop)?.connected(hop) === true;
  }

  send(bytes: Buffer, to: Hop, failed: SendFailed, via?: Listener): void {
    const endpoint = this.#endpointOf(via) ?? this.#endpointFor(to);
    // A name would have Node ask DNS, and whoever waits for that answer waits with every other call.
    if (endpoint === undefined || isIP(to.address) === 0 || to.port < 1 || to.port > 65_535) {
      failLater(failed, 'unsupported');
      return;
    }
    endpoint.send(bytes, to, failed);
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
  const open = wanted.protocol === 'udp' ? openUdp : openTcp;
  const twin = wanted.port === 0 ? twinPort(wanted, opened) : undefined;
  if (twin === undefined) return open(wanted, context);
  try {
    return await open({ ...wanted, port: twin }, context);
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error;
    return open(wanted, context);
  }
}

/** A port the other protocol has on that address and this one has not. */
function twinPort(wanted: Hop, opened: readonly Endpoint[]): number | undefined {
  const here = opened.map((one) => one.listener).filter((one) => one.address === wanted.address);
  const taken = here.filter((one) => one.protocol === wanted.protocol).map((one) => one.port);
  return here.map((one) => one.port).find((port) => !taken.includes(port));
}

async function closeAll(endpoints: readonly Endpoint[]): Promise<void> {
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
