import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import type { ParseError } from '../../../../src/embedded/sip-server/message/parse-error.js';
import type { Hop } from '../../../../src/embedded/sip-server/message/sip-message.js';
import {
  openTransports,
  type TransportOptions,
} from '../../../../src/embedded/sip-server/transport/transport-layer.js';
import type {
  Received,
  Transport,
  TransportEvents,
} from '../../../../src/embedded/sip-server/transport/transport.js';

const opened: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

export interface Room {
  readonly transport: Transport;
  readonly received: Received[];
  readonly refused: { raw: Buffer; from: Hop; error: ParseError }[];
}

/** A transport that notes what comes in; closed after the test. */
export async function room(
  listeners: readonly Hop[],
  options: TransportOptions = {},
  onMessage: (received: Received, transport: Transport) => void = () => undefined,
  more: Partial<TransportEvents> = {},
): Promise<Room> {
  const received: Received[] = [];
  const refused: Room['refused'] = [];
  const transport: Transport = await openTransports(listeners, options, {
    message: (one) => {
      received.push(one);
      onMessage(one, transport);
    },
    unparsable: (raw, from, listener, error) => {
      refused.push({ raw, from, error });
      transport.send(Buffer.from(`SIP/2.0 ${error.status} \r\n\r\n`), from, never, { listener });
    },
    ...more,
  });
  opened.push(() => transport.close());
  return { transport, received, refused };
}

export function never(outcome: unknown): void {
  throw new Error(`failed unexpectedly: ${JSON.stringify(outcome)}`);
}

/** A peer with a datagram socket of its own. */
export async function datagramPeer(address = '127.0.0.1'): Promise<{
  hop: Hop;
  socket: Datagrams;
  heard: { text: string; port: number }[];
}> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const heard: { text: string; port: number }[] = [];
  socket.on('message', (bytes, from) => heard.push({ text: bytes.toString(), port: from.port }));
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  let open = true;
  socket.on('close', () => (open = false));
  opened.push(() => open && socket.close());
  return { hop: { protocol: 'udp', address, port: socket.address().port }, socket, heard };
}

export interface Caller {
  readonly socket: Socket;
  text(): string;
  readonly closed: Promise<void>;
}

/** A peer that opens a stream to us. */
export async function caller(to: Hop): Promise<Caller> {
  const socket = connect({ host: to.address, port: to.port, allowHalfOpen: true });
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.on('end', resolve);
    socket.on('close', () => {
      resolve();
    });
  });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  opened.push(() => socket.destroy());
  return { socket, text: () => text, closed };
}

export async function until(condition: () => boolean, withinMs = 3_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`still not so: ${condition.toString()}`);
    await pause(5);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function hop(protocol: Hop['protocol'], address = '127.0.0.1', port = 0): Hop {
  return { protocol, address, port };
}
