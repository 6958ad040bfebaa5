import type { RemoteInfo, Socket } from 'node:dgram';
import { parseMessage } from '../message/parse.js';
import { orParseError, ParseError } from '../message/parse-error.js';
import type { Hop, Listener } from '../message/sip-message.js';
import { isResponse, ListenError, type Endpoint, type EndpointContext } from './endpoint.js';
import { externalAddressFor } from './external-address.js';
import { failLater } from './pending-sends.js';
import type { SendFailed } from './transport.js';
import { UdpPeers } from './udp-peers.js';
import { bindUdp, closeUdp, createUdpSocket } from './udp-socket.js';

/** The most a datagram holds; a longer message has to go by stream (RFC 3261 §18.1.1). */
const mostBytes = 65_507;

export async function openUdp(wanted: Hop, context: EndpointContext): Promise<Endpoint> {
  const socket = await bindListener(wanted);
  const { address, port } = socket.address();
  const externalAddress = externalAddressFor(address, context.externalAddress);
  return new UdpEndpoint(socket, { protocol: 'udp', address, port, externalAddress }, context);
}

class UdpEndpoint implements Endpoint {
  readonly listener: Listener;
  readonly #socket: Socket;
  readonly #context: EndpointContext;
  readonly #peers: UdpPeers | undefined;
  #closed = false;

  constructor(socket: Socket, listener: Listener, context: EndpointContext) {
    this.listener = listener;
    this.#socket = socket;
    this.#context = context;
    const receive = (bytes: Buffer, from: RemoteInfo): void => this.#receive(bytes, from);
    this.#peers = UdpPeers.supported ? new UdpPeers(listener, receive) : undefined;
    socket.on('message', receive);
    socket.on('error', (error) => context.events.trouble?.(error, listener));
  }

  connected(): boolean {
    return true;
  }

  send(bytes: Buffer, to: Hop, failed: SendFailed): void {
    if (this.#closed) failLater(failed, 'closed');
    else if (bytes.length > mostBytes) failLater(failed, 'unsupported');
    else if (isResponse(bytes) || this.#peers?.send(bytes, to, failed) !== true) {
      // Anybody can have us send responses, so they cost no socket; nobody waits for their fate.
      this.#socket.send(bytes, to.port, to.address, (error) => {
        if (error !== null) failed({ ok: false, why: 'unreachable' });
      });
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#peers?.close();
    await closeUdp(this.#socket);
  }

  #receive(bytes: Buffer, source: RemoteInfo): void {
    // Nothing can be sent to port 0; only a forged datagram comes from there.
    if (source.port === 0 || this.#closed) return;
    const { events, limits, door } = this.#context;
    if (door?.hears(source.address, 'udp') === false) return;
    const from: Hop = { protocol: 'udp', address: source.address, port: source.port };
    if (isKeepAlive(bytes)) return;
    const parsed = orParseError(() => parseMessage(bytes, limits.message));
    if (!(parsed instanceof ParseError)) {
      events.message({ message: parsed, bytes: bytes.length, from, listener: this.listener });
    } else if (parsed.answerable !== undefined) {
      events.unparsable?.(bytes, from, this.listener, parsed);
    } else {
      door?.noise(source.address);
    }
  }
}

/** CRLFs (RFC 5626 §3.5.1), NULs or nothing keep a NAT's way open, and say nothing. */
function isKeepAlive(datagram: Buffer): boolean {
  return datagram.every((byte) => byte === 0 || byte === 0x0d || byte === 0x0a);
}

/**
 * The listener's port is to be shared with the sockets of UdpPeers, which needs SO_REUSEADDR from
 * the start; but then a second daemon could take the port without noticing. So an ordinary socket
 * asks for the port first and fails if anyone has it.
 */
async function bindListener(wanted: Hop): Promise<Socket> {
  const probe = createUdpSocket(wanted.address, false);
  try {
    await bindUdp(probe, wanted.address, wanted.port);
  } catch (error) {
    await closeUdp(probe);
    throw new ListenError(wanted, error instanceof Error ? error : new Error(String(error)));
  }
  if (!UdpPeers.supported) return probe;
  const { port } = probe.address();
  await closeUdp(probe);
  const socket = createUdpSocket(wanted.address, true);
  await bindUdp(socket, wanted.address, port);
  return socket;
}
