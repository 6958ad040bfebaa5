import { request as httpRequest } from 'node:http';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import type { Hop } from '../../../../src/embedded/sip-server/message/sip-message.js';
import { TlsIdentity } from '../../../../src/embedded/sip-server/transport/tls-identity.js';
import type { TransportOptions } from '../../../../src/embedded/sip-server/transport/transport-layer.js';
import { defaultTransportLimits } from '../../../../src/embedded/sip-server/transport/transport-limits.js';
import type {
  Received,
  Transport,
} from '../../../../src/embedded/sip-server/transport/transport.js';
import { TestAuthority } from '../../../support/certificates.js';
import { optionsRequest } from '../message/builders.js';
import { caller, hop, never, pause, room, until, type Room } from './harness.js';

const browserVia = 'Via: SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK56sdasks';
const request = optionsRequest({ via: [browserVia] });
const response = optionsRequest({ startLine: 'SIP/2.0 200 OK' });
const quick = { ...defaultTransportLimits, lingerMs: 100 };
const opened: WebSocket[] = [];

afterEach(() => {
  for (const one of opened.splice(0)) one.terminate();
});

function answer({ from, listener }: Received, transport: Transport): void {
  transport.send(response, from, never, { listener });
}

const wsRoom = (options: TransportOptions = {}): Promise<Room> =>
  room([hop('ws')], { limits: quick, ...options }, answer);

interface Browser {
  readonly socket: WebSocket;
  readonly heard: { text: string; binary: boolean }[];
  pongs: number;
  /** The status of a refused handshake, or the code the socket was closed with. */
  readonly ended: Promise<number>;
}

async function browser(to: Hop, more: ClientOptions = {}, protocol = 'sip'): Promise<Browser> {
  const scheme = to.protocol === 'wss' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${to.address}:${to.port}/`, protocol, more);
  opened.push(socket);
  const heard: Browser['heard'] = [];
  socket.on('message', (data, binary) => {
    heard.push({ text: (data as Buffer).toString(), binary });
  });
  socket.on('error', () => undefined);
  const ended = new Promise<number>((resolve) => {
    socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode ?? 0));
    socket.on('close', resolve);
  });
  const one = { socket, heard, pongs: 0, ended };
  socket.on('pong', () => (one.pongs += 1));
  await Promise.race([new Promise((resolve) => socket.on('open', resolve)), ended]);
  return one;
}

describe('a browser over WebSocket', () => {
  it('is answered, and asked back, on its own connection', async () => {
    const { transport, received } = await wsRoom();
    const { socket, heard } = await browser(transport.listeners[0]!);
    expect(socket.protocol).toBe('sip');
    socket.send(request);
    await until(() => heard.length === 1);
    expect(heard[0]).toMatchObject({ binary: false });
    expect(heard[0]!.text).toMatch(/^SIP\/2.0 200 OK/);
    expect(received[0]).toMatchObject({ from: { protocol: 'ws', address: '127.0.0.1' } });
    transport.send(request, received[0]!.from, () => undefined);
    await until(() => heard.length === 2);
    expect(heard[1]!.text).toMatch(/^OPTIONS/);
  });

  it('may write text or binary, and gets binary only for what is no text', async () => {
    const { transport, received } = await wsRoom();
    const { socket, heard } = await browser(transport.listeners[0]!);
    socket.send(request.toString());
    socket.send(request, { binary: true });
    await until(() => heard.length === 2);
    const bytes = Buffer.from([0xff, 0xfe]);
    const body = optionsRequest({ more: ['Content-Length: 2'] });
    transport.send(Buffer.concat([body, bytes]), received[0]!.from, () => undefined);
    await until(() => heard.length === 3);
    expect(heard.map(({ binary }) => binary)).toEqual([false, false, true]);
  });

  it('needs no Content-Length, since a frame ends by itself', async () => {
    const { transport, received } = await wsRoom();
    const { socket, heard } = await browser(transport.listeners[0]!);
    socket.send(
      Buffer.concat([optionsRequest({ via: [browserVia], more: [] }), Buffer.from('hi')]),
    );
    await until(() => heard.length === 1);
    expect(received[0]!.message.body.toString()).toBe('hi');
  });

  it('is refused a message of two frames’ worth and kept after a bad one', async () => {
    const { transport, received } = await wsRoom();
    const { socket, heard } = await browser(transport.listeners[0]!);
    socket.send('GET / HTTP/1.1\r\n\r\n');
    socket.send(optionsRequest({ via: [browserVia], from: [] }));
    socket.send(request);
    await until(() => heard.length === 2);
    expect(heard.map(({ text }) => text.slice(0, 11))).toEqual(['SIP/2.0 400', 'SIP/2.0 200']);
    expect(received).toHaveLength(1);
  });

  it('gets a pong for its ping, and CRLF for a double CRLF', async () => {
    const { transport } = await wsRoom();
    const one = await browser(transport.listeners[0]!);
    one.socket.ping();
    await until(() => one.pongs === 1);
    one.socket.send('\r\n\r\n');
    await until(() => one.heard.length === 1);
    expect(one.heard[0]!.text).toBe('\r\n');
  });

  it.each([
    ['offers no subprotocol sip', {}, 'chat', 400],
    ['comes from a page we do not know', { origin: 'https://evil.example' }, 'sip', 403],
  ])('that %s is refused', async (_how, more, protocol, status) => {
    const { transport } = await wsRoom({ webSocket: { origins: ['https://app.example'] } });
    const { ended } = await browser(transport.listeners[0]!, more, protocol);
    expect(await ended).toBe(status);
  });

  it.each([
    ['a page we know', { origin: 'https://APP.example' }],
    ['no page at all', {}],
  ])('from %s is let in', async (_where, more) => {
    const { transport } = await wsRoom({ webSocket: { origins: ['https://app.example'] } });
    const { socket, heard } = await browser(transport.listeners[0]!, more);
    socket.send(request);
    await until(() => heard.length === 1);
  });

  it('is cut off with 1009 when its frame is longer than any message may be', async () => {
    const message = { ...quick.message, messageBytes: 4_000 };
    const { transport, received } = await wsRoom({ limits: { ...quick, message } });
    const one = await browser(transport.listeners[0]!);
    one.socket.send('x'.repeat(4_001));
    expect(await one.ended).toBe(1009);
    expect(received).toEqual([]);
  });

  it('that is gone is not called: nobody listens where it came from', async () => {
    const { transport, received } = await wsRoom();
    const one = await browser(transport.listeners[0]!);
    one.socket.send(request);
    await until(() => one.heard.length === 1);
    const { from, listener } = received[0]!;
    expect(transport.connected(from)).toBe(true);
    one.socket.close();
    await until(() => !transport.connected(from));
    const told: string[] = [];
    transport.send(request, from, ({ why }) => told.push(why));
    transport.send(response, from, ({ why }) => told.push(why), { listener });
    await until(() => told.length === 2);
    expect(told).toEqual(['unreachable', 'closed']);
  });

  it('that no longer answers our pings is let go', async () => {
    const { transport } = await wsRoom({ limits: { ...quick, pingMs: 50, pongMs: 100 } });
    const lively = await browser(transport.listeners[0]!);
    const dead = await browser(transport.listeners[0]!, { autoPong: false });
    for (const one of [lively, dead]) {
      one.socket.send(request);
      await until(() => one.heard.length === 1);
    }
    await dead.ended;
    await pause(150);
    expect(lively.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('has to finish the frame it has begun, however slowly it goes on', async () => {
    const { transport } = await wsRoom({ limits: { ...quick, partialMs: 150 } });
    const one = await browser(transport.listeners[0]!);
    one.socket.send(request);
    await until(() => one.heard.length === 1);
    // The frame's head announces 2000 bytes, which then come one by one.
    const raw = (one.socket as unknown as { _socket: NodeJS.WritableStream })._socket;
    raw.write(Buffer.from('81fe07d000000000', 'hex'));
    const drip = setInterval(() => raw.write('X'), 20);
    await one.ended;
    clearInterval(drip);
  });
});

describe('who knocks at a WebSocket listener', () => {
  it('and stays silent, or drips a header, is cut off', async () => {
    const { transport } = await wsRoom({ limits: { ...quick, handshakeMs: 200 } });
    const to = transport.listeners[0]!;
    const silent = await caller(to);
    const slow = await caller(to);
    slow.socket.write('GET / HTTP/1.1\r\nHost: a\r\n');
    const drip = setInterval(() => slow.socket.write('X-A: b\r\n'), 20);
    await Promise.all([silent.closed, slow.closed]);
    clearInterval(drip);
  });

  it('with plain HTTP is told what is spoken here, and with SIP nothing', async () => {
    const { transport } = await wsRoom();
    const to = transport.listeners[0]!;
    const status = await new Promise((resolve, reject) => {
      const asking = httpRequest({ host: to.address, port: to.port }, (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      });
      asking.on('error', reject).end();
    });
    expect(status).toBe(426);
    const plain = await caller(to);
    plain.socket.write(request);
    await plain.closed;
    expect(plain.text()).not.toContain('SIP/2.0');
  });
});

describe('a browser over WSS', () => {
  let authority: TestAuthority;
  beforeAll(() => void (authority = new TestAuthority()));
  afterAll(() => authority.close());

  it('is answered as over WS, once the TLS handshake is done', async () => {
    const tls = new TlsIdentity({
      ...authority.issue('ours', ['IP:127.0.0.1']),
      clientCertificates: 'none',
      minVersion: 'TLSv1.2',
      wildcardNames: false,
    });
    const { transport, received } = await room([hop('wss')], { limits: quick, tls }, answer);
    const ca = readFileSync(authority.caFile);
    const { socket, heard } = await browser(transport.listeners[0]!, { ca });
    socket.send(request);
    await until(() => heard.length === 1);
    expect(received[0]!.from.protocol).toBe('wss');
  });
});
