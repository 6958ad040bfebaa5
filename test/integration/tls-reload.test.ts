import { copyFileSync, readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestAuthority, type Issued } from '../support/certificates.js';
import { Daemon } from '../support/daemon.js';
import { onRealDrachtio } from '../support/engine.js';

let authority: TestAuthority;
let inUse: Issued;
let daemon: Daemon;

beforeAll(async () => {
  authority = new TestAuthority();
  inUse = authority.issue('first', ['IP:127.0.0.1']);
  const { certificateFile, keyFile } = inUse;
  daemon = await Daemon.start({
    sip: { tls: { certificate_file: certificateFile, key_file: keyFile } },
    transports: ['tls'],
    tenants: [{ id: 'acme', dids: ['+12025561000'], carrier_trunk: 'carrier', pbx_trunk: 'pbx' }],
    trunks: [
      { name: 'carrier', role: 'carrier', sources: ['127.0.1.1'], targets: ['sips:127.0.1.1'] },
      {
        name: 'pbx',
        role: 'pbx',
        tenant: 'acme',
        sources: ['127.0.2.1'],
        targets: ['sip:pbx.test'],
      },
    ],
  });
});

afterAll(async () => {
  await daemon.stop();
  authority.close();
});

/** An open TLS connection and the name in the certificate that the daemon showed on it. */
async function shown() {
  const { host, port } = daemon.listensOn('tls');
  const ca = readFileSync(authority.caFile);
  // Strangers are not even shown a certificate.
  const stream = connectTcp({ host, port, localAddress: '127.0.1.1' });
  const socket = connect({ socket: stream, host, ca });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('secureConnect', resolve));
  return { socket, name: socket.getPeerCertificate().subject.CN };
}

const logged = (text: string): number => daemon.lines.filter((line) => line.includes(text)).length;

it.skipIf(onRealDrachtio)('SIGHUP renews the certificate and keeps connections', async () => {
  const before = await shown();
  expect(before.name).toBe('first');
  const second = authority.issue('second', ['IP:127.0.0.1']);

  // Half of a renewal: refused, and the old certificate goes on.
  copyFileSync(second.keyFile, inUse.keyFile);
  process.kill(daemon.pid, 'SIGHUP');
  await expect.poll(() => logged('TLS certificates not reloaded')).toBe(1);
  expect(daemon.lines.find((line) => line.includes('not reloaded'))).toContain(
    'sip.tls.key_file: does not belong to the certificate',
  );
  expect((await shown()).name).toBe('first');

  copyFileSync(second.certificateFile, inUse.certificateFile);
  process.kill(daemon.pid, 'SIGHUP');
  await expect.poll(() => logged('TLS certificates reloaded')).toBe(1);
  const after = await shown();
  expect(after.name).toBe('second');
  expect(before.socket.readyState).toBe('open');
  for (const { socket } of [before, after]) socket.destroy();
});
