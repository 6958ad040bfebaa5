import { createSocket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { optionsRequest } from '../message/builders.js';
import { datagramPeer, hop, never, pause, room, until } from './harness.js';

const request = optionsRequest();
const response = optionsRequest({ startLine: 'SIP/2.0 200 OK' });

/** A port on which nothing listens. */
async function deadPort(address: string): Promise<number> {
  const peer = await datagramPeer(address);
  await new Promise<void>((resolve) => peer.socket.close(() => resolve()));
  return peer.hop.port;
}

describe.each(['127.0.0.1', '::1'])('over UDP on %s', (address) => {
  it('a datagram arrives as a message with its source and listener', async () => {
    const { transport, received } = await room([hop('udp', address)]);
    const peer = await datagramPeer(address);
    const listener = transport.listeners[0]!;
    peer.socket.send(request, listener.port, address);
    await until(() => received.length === 1);
    expect(received[0]).toMatchObject({ from: peer.hop, listener, bytes: request.length });
  });

  it('requests and responses leave from the listener port', async () => {
    const { transport } = await room([hop('udp', address)]);
    const peer = await datagramPeer(address);
    transport.send(request, peer.hop, never);
    transport.send(response, peer.hop, never);
    await until(() => peer.heard.length === 2);
    expect(peer.heard.map((one) => one.port)).toEqual(
      Array<number>(2).fill(transport.listeners[0]!.port),
    );
  });

  it('an answer to a request comes in, and so do strangers meanwhile', async () => {
    const { transport, received } = await room([hop('udp', address)]);
    const { port } = transport.listeners[0]!;
    const peer = await datagramPeer(address);
    const stranger = await datagramPeer(address);
    transport.send(request, peer.hop, never);
    await until(() => peer.heard.length === 1);
    for (let at = 0; at < 20; at += 1) {
      peer.socket.send(response, port, address);
      stranger.socket.send(request, port, address);
    }
    await until(() => received.length === 40);
    expect(received.filter((one) => one.from.port === peer.hop.port)).toHaveLength(20);
  });

  it('"nothing listens there" is told at once to everyone who asked, once each', async () => {
    const { transport } = await room([hop('udp', address)]);
    const to = hop('udp', address, await deadPort(address));
    const told: [number, string][] = [];
    for (const id of [1, 2, 3]) transport.send(request, to, ({ why }) => told.push([id, why]));
    const started = performance.now();
    await until(() => told.length === 3, 1_000);
    expect(performance.now() - started).toBeLessThan(500);
    await pause(50);
    expect(told.sort()).toEqual([
      [1, 'unreachable'],
      [2, 'unreachable'],
      [3, 'unreachable'],
    ]);
  });

  it('a peer that comes back is reached again', async () => {
    const { transport } = await room([hop('udp', address)]);
    const port = await deadPort(address);
    let failures = 0;
    transport.send(request, hop('udp', address, port), () => (failures += 1));
    await until(() => failures === 1);
    const back = createSocket(address === '::1' ? 'udp6' : 'udp4');
    await new Promise<void>((resolve) => back.bind(port, address, resolve));
    const heard = new Promise((resolve) => back.once('message', resolve));
    transport.send(request, hop('udp', address, port), never);
    await heard;
    back.close();
  });

  it('a second daemon cannot take the port', async () => {
    const { transport } = await room([hop('udp', address)]);
    const { port } = transport.listeners[0]!;
    await expect(room([hop('udp', address, port)])).rejects.toMatchObject({
      name: 'ListenError',
      code: 'EADDRINUSE',
    });
  });
});

describe('over UDP', () => {
  it('a broken request is reported and answered, noise is not', async () => {
    const { transport, received, refused } = await room([hop('udp')]);
    const { port, address } = transport.listeners[0]!;
    const peer = await datagramPeer();
    for (const text of ['', '\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01', '\0\x01\0\0']) {
      peer.socket.send(Buffer.from(text, 'latin1'), port, address);
    }
    peer.socket.send(optionsRequest({ via: [] }), port, address);
    peer.socket.send(optionsRequest({ from: [] }), port, address);
    await until(() => peer.heard.length === 1);
    expect(refused).toMatchObject([{ from: peer.hop, error: { status: 400 } }]);
    expect(peer.heard[0]?.text).toMatch(/^SIP\/2.0 400/);
    expect(received).toEqual([]);
  });

  it('many destinations do not keep many sockets', async () => {
    const { transport } = await room([hop('udp')]);
    const peers = await Promise.all(Array.from({ length: 5 }, () => datagramPeer()));
    for (let port = 20_000; port < 20_600; port += 1) {
      transport.send(request, hop('udp', '127.0.0.1', port), () => undefined);
    }
    await pause(50);
    for (const peer of peers) transport.send(request, peer.hop, never);
    await until(() => peers.every((peer) => peer.heard.length === 1));
  });

  it('a keep-alive is no noise, and other nonsense is', async () => {
    const noise: string[] = [];
    const door = {
      hears: () => true,
      takesStream: () => true,
      turnsTo: () => undefined,
      noise: (address: string) => noise.push(address),
      lost: () => undefined,
    };
    const { transport, received, refused } = await room([hop('udp')], { door });
    const peer = await datagramPeer();
    const to = transport.listeners[0]!;
    for (const text of ['\r\n\r\n', '\r\n', '\0', '\0\0\0\0', '', 'hello', '\0\0x\0']) {
      peer.socket.send(text, to.port, to.address);
    }
    peer.socket.send(request, to.port, to.address);
    await until(() => received.length === 1);
    expect(noise).toHaveLength(2);
    expect(refused).toEqual([]);
    expect(peer.heard).toEqual([]);
  });

  it('no name is looked up and nothing too large or to no port is tried', async () => {
    const { transport } = await room([hop('udp')]);
    const told: string[] = [];
    const note = ({ why }: { why: string }): unknown => told.push(why);
    transport.send(request, hop('udp', 'example.com', 5060), note);
    transport.send(request, hop('udp', '127.0.0.1', 0), note);
    transport.send(request, hop('udp', '127.0.0.1', 70_000), note);
    transport.send(request, hop('udp', '::1', 5060), note);
    transport.send(request, hop('tcp', '127.0.0.1', 5060), note);
    transport.send(Buffer.alloc(65_508), hop('udp', '127.0.0.1', 5060), note);
    expect(told).toEqual([]);
    await until(() => told.length === 6);
    expect(new Set(told)).toEqual(new Set(['unsupported']));
  });

  it('a closed transport says so', async () => {
    const { transport } = await room([hop('udp'), hop('tcp')]);
    await transport.close();
    await transport.close();
    const told: string[] = [];
    transport.send(request, hop('udp', '127.0.0.1', 9), ({ why }) => told.push(why));
    transport.send(request, hop('tcp', '127.0.0.1', 9), ({ why }) => told.push(why));
    await until(() => told.length === 2);
    expect(told).toEqual(['closed', 'closed']);
  });
});
