import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultTransportLimits } from '../../../../src/embedded/sip-server/transport/transport-limits.js';
import type { Hop } from '../../../../src/embedded/sip-server/message/sip-message.js';
import type {
  Received,
  Transport,
} from '../../../../src/embedded/sip-server/transport/transport.js';
import { optionsRequest } from '../message/builders.js';
import { caller, hop, never, pause, room, until } from './harness.js';

const request = optionsRequest();
const response = optionsRequest({ startLine: 'SIP/2.0 200 OK' });
const quick = { ...defaultTransportLimits, lingerMs: 100 };

function answer({ from, listener }: Received, transport: Transport): void {
  transport.send(response, from, never, { listener });
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A peer that waits for our streams. */
async function streamPeer(
  onStream: (socket: Socket) => void,
  address = '127.0.0.1',
): Promise<{ hop: Hop; streams: Socket[] }> {
  const streams: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    streams.push(socket);
    onStream(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  return { hop: hop('tcp', address, bound.port), streams };
}

describe.each(['127.0.0.1', '::1'])('over TCP on %s', (address) => {
  it('a caller is answered on the stream he opened', async () => {
    const { transport, received } = await room([hop('tcp', address)], { limits: quick }, answer);
    const peer = await caller(transport.listeners[0]!);
    peer.socket.write(request);
    await until(() => peer.text().includes('200 OK'));
    expect(received[0]).toMatchObject({
      from: { protocol: 'tcp', address, port: peer.socket.localPort },
      bytes: request.length,
    });
  });

  it('one stream serves many requests to one peer and brings its answers', async () => {
    const { transport, received } = await room([hop('tcp', address)], { limits: quick });
    const peer = await streamPeer(
      (socket) => socket.on('data', () => socket.write(response)),
      address,
    );
    for (let at = 0; at < 3; at += 1) {
      transport.send(request, peer.hop, never);
      await until(() => received.length === at + 1);
    }
    expect(peer.streams).toHaveLength(1);
    expect(received[0]).toMatchObject({ from: peer.hop, message: { kind: 'response' } });
  });

  it('a refused stream fails all that waited for it as unreachable', async () => {
    const { transport } = await room([hop('tcp', address)]);
    const peer = await streamPeer(() => undefined, address);
    servers.pop()?.close();
    const told: string[] = [];
    transport.send(request, peer.hop, ({ why }) => told.push(why));
    transport.send(request, peer.hop, ({ why }) => told.push(why));
    await until(() => told.length === 2, 1_000);
    expect(told).toEqual(['unreachable', 'unreachable']);
  });
});

describe('a caller over TCP', () => {
  it('is asked back on the stream he opened', async () => {
    const { transport, received } = await room([hop('tcp')], { limits: quick });
    const peer = await caller(transport.listeners[0]!);
    peer.socket.write(request);
    await until(() => received.length === 1);
    transport.send(request, received[0]!.from, () => undefined);
    await until(() => peer.text().startsWith('OPTIONS'));
  });

  it('has 50 requests in one packet answered, in order', async () => {
    const { transport, received } = await room([hop('tcp')], { limits: quick }, answer);
    const peer = await caller(transport.listeners[0]!);
    const many = Array.from({ length: 50 }, (_, at) =>
      optionsRequest({ cseq: [`CSeq: ${at} OPTIONS`] }),
    );
    peer.socket.write(Buffer.concat(many));
    await until(() => peer.text().split('200 OK').length === 51);
    const order = received.map((one) => one.message.headers.find((f) => f.name === 'CSeq')?.value);
    expect(order).toEqual(Array.from({ length: 50 }, (_, at) => `${at} OPTIONS`));
  });

  it('may send byte by byte', async () => {
    const { transport } = await room([hop('tcp')], { limits: quick }, answer);
    const peer = await caller(transport.listeners[0]!);
    peer.socket.setNoDelay(true);
    for (const byte of request) {
      peer.socket.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => peer.text().includes('200 OK'));
  });

  it('gets one CRLF for each double CRLF', async () => {
    const { transport } = await room([hop('tcp')], { limits: quick });
    const peer = await caller(transport.listeners[0]!);
    peer.socket.write('\r\n\r\n');
    await until(() => peer.text() === '\r\n');
    peer.socket.write('\r\n\r\n\r\n\r\n');
    await until(() => peer.text() === '\r\n\r\n\r\n');
  });

  it('is answered although he has closed his side', async () => {
    const later = (one: Received, transport: Transport): void => {
      setTimeout(() => answer(one, transport), 50);
    };
    const { transport } = await room([hop('tcp')], { limits: quick }, later);
    const peer = await caller(transport.listeners[0]!);
    peer.socket.end(request);
    await until(() => peer.text().includes('200 OK'));
  });

  it('is not kept for ever once he has closed his side', async () => {
    const limits = { ...quick, halfOpenMs: 100 };
    const { transport } = await room([hop('tcp')], { limits });
    const peer = await caller(transport.listeners[0]!);
    peer.socket.end(request);
    await peer.closed;
  });

  it('who hangs up after the answer has not failed us', async () => {
    const { transport } = await room([hop('tcp')], { limits: quick }, answer);
    const peer = await caller(transport.listeners[0]!);
    peer.socket.write(request);
    await until(() => peer.text().includes('200 OK'));
    peer.socket.destroy();
    await pause(50);
  });

  it.each([
    [400, 'says no Content-Length', optionsRequest({ more: [] })],
    [513, 'announces 2 GB', optionsRequest({ more: ['Content-Length: 2147483648'] })],
    [
      513,
      'sends 300 kB',
      optionsRequest({ more: ['Content-Length: 300000'], body: 'x'.repeat(300_000) }),
    ],
    [
      513,
      'sends an endless header',
      Buffer.concat([request.subarray(0, -2), Buffer.alloc(300_000, 'x')]),
    ],
  ])('gets %i and is shown the door when he %s', async (status, _what, bytes) => {
    const { transport, received } = await room([hop('tcp')], { limits: quick });
    const peer = await caller(transport.listeners[0]!);
    peer.socket.write(bytes);
    await peer.closed;
    expect(peer.text()).toContain(`SIP/2.0 ${status}`);
    expect(received).toEqual([]);
  });

  it('is shown the door in silence when he speaks HTTP or TLS', async () => {
    const { transport } = await room([hop('tcp')], { limits: quick });
    for (const text of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x02\0']) {
      const peer = await caller(transport.listeners[0]!);
      peer.socket.write(Buffer.from(text, 'latin1'));
      await peer.closed;
      expect(peer.text()).toBe('');
    }
  });

  it('stays when only one of his requests was bad', async () => {
    const { transport } = await room([hop('tcp')], { limits: quick }, answer);
    const peer = await caller(transport.listeners[0]!);
    peer.socket.write(Buffer.concat([optionsRequest({ from: [] }), request]));
    await until(() => peer.text().includes('200 OK'));
    expect(peer.text()).toMatch(/^SIP\/2.0 400/);
  });

  it('has to finish what he has begun, however slowly he goes on', async () => {
    const limits = { ...quick, partialMs: 150 };
    const { transport } = await room([hop('tcp')], { limits });
    const peer = await caller(transport.listeners[0]!);
    const drip = setInterval(() => peer.socket.write('X'), 20);
    await peer.closed;
    clearInterval(drip);
  });

  it('has to say something at all, and then something now and again', async () => {
    const { transport } = await room([hop('tcp')], { limits: { ...quick, firstMs: 100 } });
    await (
      await caller(transport.listeners[0]!)
    ).closed;
    const other = await room([hop('tcp')], { limits: { ...quick, idleMs: 150 } }, answer);
    const peer = await caller(other.transport.listeners[0]!);
    peer.socket.write(request);
    await peer.closed;
    expect(peer.text()).toContain('200 OK');
  });

  it('that stops reading is dropped before he fills our memory', async () => {
    const limits = { ...quick, unsentBytes: 100_000 };
    const { transport, received } = await room([hop('tcp')], { limits });
    const peer = await caller(transport.listeners[0]!);
    peer.socket.pause();
    peer.socket.write(request);
    await until(() => received.length === 1);
    const large = optionsRequest({ more: ['Content-Length: 60000'], body: 'x'.repeat(60_000) });
    let failures = 0;
    for (let at = 0; at < 200 && failures === 0; at += 1) {
      transport.send(large, received[0]!.from, () => (failures += 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => failures > 0);
  });

  it('that takes nothing for a while is dropped, however little waits for him', async () => {
    const limits = { ...quick, unsentMs: 200, unsentBytes: 100_000_000 };
    const { transport, received } = await room([hop('tcp')], { limits });
    const peer = await caller(transport.listeners[0]!);
    peer.socket.pause();
    peer.socket.write(request);
    await until(() => received.length === 1);
    const large = optionsRequest({ more: ['Content-Length: 60000'], body: 'x'.repeat(60_000) });
    let failures = 0;
    // As much as the kernel takes, and a little more that stays with us: far below unsentBytes.
    for (let at = 0; at < 200; at += 1) {
      transport.send(large, received[0]!.from, () => (failures += 1));
    }
    expect(failures).toBe(0);
    await until(() => failures > 0);
  });

  it('who has proven himself is not pushed out by a silent crowd, the crowd is', async () => {
    const limits = { ...quick, connections: 5 };
    const { transport } = await room([hop('tcp')], { limits }, answer);
    const to = transport.listeners[0]!;
    const good = await caller(to);
    good.socket.write(request);
    await until(() => good.text().includes('200 OK'));
    const crowd = [];
    for (let at = 0; at < 12; at += 1) crowd.push(await caller(to));
    await Promise.all(crowd.slice(0, 8).map((one) => one.closed));
    good.socket.write(request);
    await until(() => good.text().split('200 OK').length === 3);
  });

  it('is turned away when everyone else has proven himself', async () => {
    const limits = { ...quick, connections: 2 };
    const { transport } = await room([hop('tcp')], { limits }, answer);
    for (let at = 0; at < 2; at += 1) {
      const peer = await caller(transport.listeners[0]!);
      peer.socket.write(request);
      await until(() => peer.text().includes('200 OK'));
    }
    await (
      await caller(transport.listeners[0]!)
    ).closed;
    let told: unknown;
    const nowhere = await streamPeer(() => undefined);
    transport.send(request, nowhere.hop, (outcome) => (told = outcome));
    await until(() => told !== undefined);
    expect(told).toEqual({ ok: false, why: 'closed' });
  });
});

describe('a caller whose stream is gone when his answer comes', () => {
  it('is answered at the port of his sent-by (RFC 3261 §18.2.2)', async () => {
    const { transport, received } = await room([hop('tcp')], { limits: quick });
    const heard: string[] = [];
    const peer = await streamPeer((socket) => {
      socket.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
    });
    const { socket } = await caller(transport.listeners[0]!);
    socket.write(request);
    await until(() => received.length === 1);
    const { from, listener } = received[0]!;
    socket.destroy();
    await until(() => !transport.connected(from));
    // A stream that its caller has closed on both sides is found out by the first answer.
    for (let tries = 0; tries < 5; tries += 1) {
      transport.send(response, from, never, { listener, otherwise: peer.hop });
      await pause(10);
    }
    await until(() => heard.join('').split('200 OK').length > 4);
    expect(peer.streams).toHaveLength(1);
  });

  it('gets nothing where nobody listens there', async () => {
    const { transport, received } = await room([hop('tcp')], { limits: quick });
    const { socket } = await caller(transport.listeners[0]!);
    socket.write(request);
    await until(() => received.length === 1);
    const { from, listener } = received[0]!;
    socket.resetAndDestroy();
    await until(() => !transport.connected(from));
    const told: string[] = [];
    const otherwise = hop('tcp', '127.0.0.1', 9);
    transport.send(response, from, ({ why }) => told.push(why), { listener, otherwise });
    await until(() => told.length === 1);
  });
});

describe('a peer we called over TCP', () => {
  it.each([
    ['hangs up', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ])('that %s before answering fails the request as closed', async (_how, leave) => {
    const { transport } = await room([hop('tcp')], { limits: quick });
    const peer = await streamPeer((socket) => socket.on('data', () => leave(socket)));
    const told: string[] = [];
    transport.send(request, peer.hop, ({ why }) => told.push(why));
    await until(() => told.length > 0, 1_000);
    await pause(50);
    expect(told).toEqual(['closed']);
  });

  it('that has hung up is called anew for the next request', async () => {
    const { transport, received } = await room([hop('tcp')], { limits: quick });
    const peer = await streamPeer((socket) => socket.on('data', () => socket.end(response)));
    transport.send(request, peer.hop, never);
    await until(() => received.length === 1);
    await pause(30);
    transport.send(request, peer.hop, never);
    await until(() => received.length === 2);
    expect(peer.streams).toHaveLength(2);
  });

  it('that does not pick up is given up in time', async () => {
    const { transport } = await room([hop('tcp', '0.0.0.0')], {
      limits: { ...quick, connectMs: 100 },
    });
    const told: string[] = [];
    // TEST-NET-1 (RFC 5737): nobody answers, or there is no route at all.
    transport.send(request, hop('tcp', '192.0.2.1', 5060), ({ why }) => told.push(why));
    await until(() => told.length === 1, 2_000);
    expect(told).toEqual(['unreachable']);
  });
});

describe('closing', () => {
  it('lets the last answer out', async () => {
    const { transport } = await room([hop('tcp')], { limits: quick }, answer);
    const peer = await caller(transport.listeners[0]!);
    peer.socket.write(request);
    await until(() => peer.text().includes('200 OK'));
    const closing = transport.close();
    await peer.closed;
    peer.socket.end();
    await closing;
  });
});
