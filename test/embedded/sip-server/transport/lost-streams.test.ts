import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Doorkeeper } from '../../../../src/embedded/sip-server/transport/endpoint.js';
import { TlsIdentity } from '../../../../src/embedded/sip-server/transport/tls-identity.js';
import type { TransportOptions } from '../../../../src/embedded/sip-server/transport/transport-layer.js';
import { TestAuthority } from '../../../support/certificates.js';
import { optionsRequest } from '../message/builders.js';
import { caller, hop, room, until } from './harness.js';

const request = optionsRequest();
let authority: TestAuthority;
let tls: TlsIdentity;

beforeAll(() => {
  authority = new TestAuthority();
  tls = new TlsIdentity({
    ...authority.issue('ours', ['IP:127.0.0.1']),
    caFile: authority.caFile,
    clientCertificates: 'require',
    minVersion: 'TLSv1.2',
    wildcardNames: false,
  });
});
afterAll(() => authority.close());

async function listening(protocol: 'tcp' | 'tls' | 'ws' | 'wss', options: TransportOptions = {}) {
  const lost: string[] = [];
  const door: Doorkeeper = {
    hears: () => true,
    takesStream: () => true,
    turnsTo: () => undefined,
    noise: () => undefined,
    lost: (address, fault) => lost.push(`${fault} ${address}`),
  };
  const { transport, received } = await room([hop(protocol)], { tls, door, ...options });
  return { to: transport.listeners[0]!, lost, received };
}

describe('a connection that becomes no stream is told to the door', () => {
  it.each([{ connectionsPerSource: 1 }, { connections: 1 }])('no place: %j', async (limits) => {
    const { to, lost, received } = await listening('tcp', { limits });
    const first = await caller(to);
    first.socket.write(request);
    await until(() => received.length === 1);
    expect(lost).toEqual([]);
    await (
      await caller(to)
    ).closed;
    expect(lost).toEqual(['full 127.0.0.1']);
  });

  it('silence, in the handshake and after it', async () => {
    for (const protocol of ['tcp', 'tls', 'ws'] as const) {
      const { to, lost } = await listening(protocol, { limits: { handshakeMs: 80, firstMs: 80 } });
      await (
        await caller(to)
      ).closed;
      await until(() => lost.length > 0);
      expect(lost).toEqual(['silent 127.0.0.1']);
    }
  });

  it('no client certificate where one is required', async () => {
    const { to, lost } = await listening('tls');
    const socket = connect({ host: to.address, port: to.port, rejectUnauthorized: false });
    socket.on('error', () => undefined);
    await until(() => lost.length > 0);
    socket.destroy();
    expect(lost).toEqual(['handshake 127.0.0.1']);
  });

  it('a page of another origin', async () => {
    const { to, lost } = await listening('ws', {
      webSocket: { origins: ['https://app.example'] },
    });
    const origin = 'https://elsewhere.example';
    const socket = new WebSocket(`ws://${to.address}:${to.port}/`, 'sip', { origin });
    await once(socket, 'error');
    await until(() => lost.length > 0);
    expect(lost).toEqual(['origin 127.0.0.1']);
  });

  it('but not one who has said something and fell silent then', async () => {
    const { to, lost, received } = await listening('tcp', { limits: { idleMs: 80, firstMs: 80 } });
    const peer = await caller(to);
    peer.socket.write(request);
    await peer.closed;
    expect(received).toHaveLength(1);
    expect(lost).toEqual([]);
  });
});
