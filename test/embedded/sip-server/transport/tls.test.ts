import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect, createServer, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Hop } from '../../../../src/embedded/sip-server/message/sip-message.js';
import {
  TlsIdentity,
  type TlsOptions,
} from '../../../../src/embedded/sip-server/transport/tls-identity.js';
import { defaultTransportLimits } from '../../../../src/embedded/sip-server/transport/transport-limits.js';
import type {
  Received,
  Transport,
} from '../../../../src/embedded/sip-server/transport/transport.js';
import { TestAuthority, type Issued } from '../../../support/certificates.js';
import { optionsRequest } from '../message/builders.js';
import { caller, hop, never, pause, room, until, type Room } from './harness.js';

const request = optionsRequest();
const response = optionsRequest({ startLine: 'SIP/2.0 200 OK' });
const quick = { ...defaultTransportLimits, lingerMs: 100 };

let authority: TestAuthority;
let strangers: TestAuthority;
let ours: Issued;
let peer: Issued;
const closing: (() => void)[] = [];

beforeAll(() => {
  authority = new TestAuthority();
  strangers = new TestAuthority('Nobody You Know');
  ours = authority.issue('ours', ['IP:127.0.0.1', 'DNS:callveil.example']);
  peer = authority.issue('peer', ['DNS:sip.carrier.example']);
});

afterAll(() => {
  authority.close();
  strangers.close();
});

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function identity(more: Partial<TlsOptions> = {}): TlsIdentity {
  return new TlsIdentity({
    ...ours,
    caFile: authority.caFile,
    clientCertificates: 'none',
    minVersion: 'TLSv1.2',
    wildcardNames: false,
    ...more,
  });
}

function answer({ from, listener }: Received, transport: Transport): void {
  transport.send(response, from, never, { listener });
}

const tlsRoom = (tls: TlsIdentity, limits = quick): Promise<Room> =>
  room([hop('tls')], { tls, limits }, answer);

/** A peer that calls us over TLS. */
async function tlsCaller(to: Hop, more: ConnectionOptions = {}) {
  const socket = connect({
    host: to.address,
    port: to.port,
    ca: readFileSync(authority.caFile),
    allowHalfOpen: true,
    ...more,
  } as ConnectionOptions);
  closing.push(() => socket.destroy());
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const closed = new Promise<string>((resolve) => {
    socket.on('error', (error: Error) => resolve(error.message));
    socket.on('close', () => resolve(''));
    socket.on('end', () => resolve(''));
  });
  await Promise.race([once(socket, 'secureConnect'), closed]).catch(() => undefined);
  return { socket, text: () => text, closed };
}

const shown = (issued: Issued): { cert: Buffer; key: Buffer } => ({
  cert: readFileSync(issued.certificateFile),
  key: readFileSync(issued.keyFile),
});

/** A peer that waits for our TLS streams. */
async function tlsPeer(issued: Issued, more: object = {}) {
  const heard: string[] = [];
  const streams: TLSSocket[] = [];
  const server = createServer({ ...shown(issued), ...more }, (socket) => {
    streams.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      heard.push(chunk.toString());
      socket.write(response);
    });
  });
  server.on('tlsClientError', () => undefined);
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  return { hop: hop('tls', '127.0.0.1', bound.port), heard, streams };
}

describe('a caller over TLS', () => {
  it('is answered, and asked back, on the stream he opened', async () => {
    const { transport, received } = await tlsRoom(identity());
    const { socket, text } = await tlsCaller(transport.listeners[0]!);
    socket.write(request);
    await until(() => text().includes('200 OK'));
    expect(received[0]).toMatchObject({ from: { protocol: 'tls', port: socket.localPort } });
    transport.send(request, received[0]!.from, () => undefined);
    await until(() => text().includes('OPTIONS'));
  });

  it.each([
    ['-tls1_2', true],
    ['-tls1_3', true],
    ['-tls1_1', false],
    ['-tls1', false],
  ])('by openssl s_client %s gets in: %s', async (version, welcome) => {
    const { transport } = await tlsRoom(identity());
    const said = await sClient(transport.listeners[0]!, [version, '-cipher', 'ALL:@SECLEVEL=0']);
    expect(said.includes('SIP/2.0 200 OK')).toBe(welcome);
  });

  it('needs TLS 1.3 where the operator says so', async () => {
    const { transport } = await tlsRoom(identity({ minVersion: 'TLSv1.3' }));
    expect(await sClient(transport.listeners[0]!, ['-tls1_2'])).not.toContain('200 OK');
    expect(await sClient(transport.listeners[0]!, ['-tls1_3'])).toContain('200 OK');
  });

  it('must show a certificate of an authority we trust, where that is required', async () => {
    const { transport } = await tlsRoom(identity({ clientCertificates: 'require' }));
    const to = transport.listeners[0]!;
    const of = ({ certificateFile, keyFile }: Issued): string[] => [
      ...['-cert', certificateFile, '-key', keyFile],
    ];
    const expired = authority.issue('expired-client', ['DNS:client.example'], -1);
    const foreign = strangers.issue('foreign-client', ['DNS:client.example']);
    expect(await sClient(to, [])).not.toContain('200 OK');
    expect(await sClient(to, of(foreign))).not.toContain('200 OK');
    expect(await sClient(to, of(expired))).not.toContain('200 OK');
    expect(await sClient(to, of(peer))).toContain('200 OK');
  });

  it('may show none where one is only asked for, but not a bad one', async () => {
    const { transport } = await tlsRoom(identity({ clientCertificates: 'request' }));
    const to = transport.listeners[0]!;
    const foreign = strangers.issue('another-client', ['DNS:client.example']);
    expect(await sClient(to, [])).toContain('200 OK');
    const { certificateFile: cert, keyFile: key } = foreign;
    expect(await sClient(to, ['-cert', cert, '-key', key])).not.toContain('200 OK');
  });

  it('that stalls in the handshake is cut off, and the others are not kept waiting', async () => {
    const { transport } = await tlsRoom(identity(), { ...quick, handshakeMs: 200 });
    const to = transport.listeners[0]!;
    const silent = await caller(to);
    const begun = await caller(to);
    begun.socket.write(Buffer.from('160301020001', 'hex'));
    const { socket, text } = await tlsCaller(to);
    socket.write(request);
    await until(() => text().includes('200 OK'));
    await Promise.all([silent.closed, begun.closed]);
    socket.write(request);
    await until(() => text().split('200 OK').length === 3);
  });

  it('finds a place however many stall in theirs', async () => {
    const { transport } = await tlsRoom(identity(), { ...quick, handshakes: 20 });
    const to = transport.listeners[0]!;
    const stalled = await Promise.all(Array.from({ length: 60 }, () => caller(to)));
    let cut = 0;
    for (const one of stalled) void one.closed.then(() => (cut += 1));
    await until(() => cut === 40);
    const { socket, text } = await tlsCaller(to);
    socket.write(request);
    await until(() => text().includes('200 OK'));
  });

  it('that resets in the handshake or speaks SIP without TLS does no harm', async () => {
    const { transport } = await tlsRoom(identity());
    const to = transport.listeners[0]!;
    const reset: Socket = connectTcp({ host: to.address, port: to.port });
    reset.on('error', () => undefined);
    await once(reset, 'connect');
    reset.write(Buffer.from('1603010200010001fc0303', 'hex'));
    reset.resetAndDestroy();
    const plain = await caller(to);
    plain.socket.write(request);
    await plain.closed;
    expect(plain.text()).not.toContain('SIP/2.0');
    const { socket, text } = await tlsCaller(to);
    socket.write(request);
    await until(() => text().includes('200 OK'));
  });
});

describe('a certificate that is renewed', () => {
  it('is shown to whoever comes next, and nobody who is there is dropped', async () => {
    const { certificateFile, keyFile } = authority.issue('renewed', ['IP:127.0.0.1']);
    const tls = identity({ certificateFile, keyFile });
    const { transport } = await tlsRoom(tls);
    const before = await tlsCaller(transport.listeners[0]!);
    const next = authority.issue('next', ['IP:127.0.0.1']);
    copyFileSync(next.certificateFile, certificateFile);
    copyFileSync(next.keyFile, keyFile);
    tls.reload();
    const after = await tlsCaller(transport.listeners[0]!);
    expect(before.socket.getPeerCertificate().subject.CN).toBe('renewed');
    expect(after.socket.getPeerCertificate().subject.CN).toBe('next');
    for (const one of [before, after]) {
      one.socket.write(request);
      await until(() => one.text().includes('200 OK'));
    }
  });

  it('leaves the old one in use when its key is another', async () => {
    const { certificateFile, keyFile } = authority.issue('kept', ['IP:127.0.0.1']);
    const tls = identity({ certificateFile, keyFile });
    const { transport } = await tlsRoom(tls);
    copyFileSync(peer.keyFile, keyFile);
    expect(() => tls.reload()).toThrow(/key does not belong/);
    const { socket } = await tlsCaller(transport.listeners[0]!);
    expect(socket.getPeerCertificate().subject.CN).toBe('kept');
  });
});

describe('a peer we call over TLS', () => {
  it('gets our requests on one stream when its certificate speaks for the target', async () => {
    const { transport, received } = await tlsRoom(identity());
    const { hop: at, streams } = await tlsPeer(peer);
    const to = { ...at, domain: 'sip.carrier.example' };
    transport.send(request, to, never);
    transport.send(request, to, never);
    await until(() => received.length > 0);
    await pause(50);
    expect(streams).toHaveLength(1);
    expect(streams[0]!.servername).toBe('sip.carrier.example');
    expect(transport.connected(to)).toBe(true);
    // A stream checked against one domain is no stream to another.
    expect(transport.connected({ ...at, domain: 'other.example' })).toBe(false);
    expect(transport.connected(at)).toBe(false);
  });

  it.each([
    ['speaks for another domain', () => peer, 'other.example'],
    ['is expired', () => authority.issue('old', ['DNS:old.example'], -1), 'old.example'],
    ['comes from a stranger', () => strangers.issue('s', ['DNS:s.example']), 's.example'],
    ['has no name for its bare address', () => peer, undefined],
  ])('gets not one byte of SIP when its certificate %s', async (_how, issued, domain) => {
    const troubles: string[] = [];
    const { transport } = await room([hop('tls')], { tls: identity(), limits: quick }, answer, {
      trouble: (error) => troubles.push(error.message),
    });
    const { hop: at, heard } = await tlsPeer(issued());
    const told: string[] = [];
    const to = domain === undefined ? at : { ...at, domain };
    for (let tries = 1; tries <= 2; tries += 1) {
      transport.send(request, to, ({ why }) => told.push(why));
      await until(() => told.length === tries);
    }
    expect(told).toEqual(['unreachable', 'unreachable']);
    await pause(30);
    expect(heard).toEqual([]);
    expect(troubles, 'said once, with the reason').toHaveLength(1);
    expect(troubles[0]).toContain('no TLS with');
  });

  it('is shown our certificate when it asks for one', async () => {
    const { transport, received } = await tlsRoom(identity());
    const ca = readFileSync(authority.caFile);
    const { hop: at } = await tlsPeer(peer, { requestCert: true, rejectUnauthorized: true, ca });
    transport.send(request, { ...at, domain: 'sip.carrier.example' }, never);
    await until(() => received.length > 0);
  });

  it('that stalls in the handshake fails the request', async () => {
    const { transport } = await tlsRoom(identity(), { ...quick, connectMs: 150 });
    const { createServer: createTcp } = await import('node:net');
    const stalling = createTcp((socket) => socket.on('error', () => undefined));
    closing.push(() => stalling.close());
    await new Promise<void>((resolve) => stalling.listen(0, '127.0.0.1', resolve));
    const bound = stalling.address();
    if (bound === null || typeof bound === 'string') throw new Error('no port');
    const told: string[] = [];
    const to = { ...hop('tls', '127.0.0.1', bound.port), domain: 'sip.carrier.example' };
    transport.send(request, to, ({ why }) => told.push(why));
    await until(() => told.length === 1);
    expect(told).toEqual(['unreachable']);
  });
});

it('a TLS listener without a certificate is refused', async () => {
  await expect(room([hop('tls')])).rejects.toThrow(/certificate/);
});

it('a key that is not that of the certificate is refused', () => {
  expect(() => identity({ keyFile: peer.keyFile })).toThrow(/key does not belong/);
  expect(() => identity({ certificateFile: join(authority.directory, 'none.pem') })).toThrow();
});

/** Sends OPTIONS with openssl s_client; returns what it printed until it or we were done. */
async function sClient(to: Hop, more: readonly string[]): Promise<string> {
  const at = `${to.address}:${to.port}`;
  const child = spawn('openssl', [
    ...['s_client', '-connect', at, '-CAfile', authority.caFile, '-quiet', '-no_ign_eof'],
    ...more,
  ]);
  let said = '';
  const ended = once(child, 'exit');
  child.stdin.on('error', () => undefined);
  child.stdin.write(request);
  child.stderr.on('data', () => undefined);
  const answered = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('SIP/2.0')) resolve();
    });
  });
  await Promise.race([ended, answered]);
  child.kill();
  await ended;
  return said;
}
