import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { launchSipServer } from '../../../../src/embedded/sip-server/index.js';
import { freePort } from '../../../../src/phones/free-port.js';
import { TestAuthority } from '../../../support/certificates.js';
import { RawApp } from '../raw-app.js';
import { RawCall, RawUa } from '../raw-ua.js';

/** A thread starts from JavaScript only, so this looks at what `npm run build` made. */
const built = join(import.meta.dirname, '../../../../dist/embedded/sip-server/index.js');

describe.skipIf(!existsSync(built))('a server in a thread of its own', () => {
  const options = {
    listeners: [{ protocol: 'udp', address: '127.0.0.1', port: 0 } as const],
    secret: 'cymru',
    adminHost: '127.0.0.1',
    adminPort: 0,
  };

  async function launch(changes: object = {}) {
    const module = (await import(built)) as { launchSipServer: typeof launchSipServer };
    return module.launchSipServer({ ...options, ...changes });
  }

  it('takes applications and calls, and closes', async () => {
    const server = await launch();
    const exits: Error[] = [];
    server.onExit((why) => exits.push(why));
    const app = await RawApp.open(server.adminPort, 'cymru');
    await app.ask('route|invite');
    const phone = await RawUa.open();
    await RawCall.to(phone, Number(server.contacts[0]?.split(':').pop())).request('OPTIONS');
    await phone.expect(200);
    app.close();
    await phone.close();
    await server.close();
    expect(exits).toEqual([]);
  });

  it('tells what goes wrong while it runs, and goes on', async () => {
    const authority = new TestAuthority();
    const tls = authority.issue('a peer', ['IP:127.0.0.1']);
    const files = { key: readFileSync(tls.keyFile), cert: readFileSync(tls.certificateFile) };
    const peer = createServer(files).listen(0, '127.0.0.1');
    const server = await launch({
      listeners: [{ ...options.listeners[0], protocol: 'tls' }],
      // Nobody that it trusts has signed the peer's certificate.
      tls: { ...tls, clientCertificates: 'none', minVersion: 'TLSv1.2', wildcardNames: false },
    });
    const told: string[] = [];
    server.onVitals(({ faults }) =>
      told.push(...faults.map(({ kind, text }) => `${kind}: ${text}`)),
    );
    const app = await RawApp.open(server.adminPort, 'cymru');
    const { port } = peer.address() as AddressInfo;
    await app.ask(`sip||\r\nOPTIONS sips:127.0.0.1:${port} SIP/2.0\r\n\r\n`);
    await expect.poll(() => told, { timeout: 3_000 }).toHaveLength(1);
    expect(told[0]).toMatch(/^trouble: no TLS with 127\.0\.0\.1/);
    await app.ask('route|invite');
    app.close();
    await server.close();
    peer.close();
    authority.close();
  });

  it('says why it cannot start', async () => {
    const server = await launch();
    const port = Number(server.contacts[0]?.split(':').pop());
    const listeners = [{ protocol: 'udp', address: '127.0.0.1', port }];
    await expect(launch({ listeners })).rejects.toThrow(/cannot listen on udp 127\.0\.0\.1/);
    await server.close();
  });

  it('leaves nothing open when it fails with its ports open already', async () => {
    const port = await freePort();
    const listeners = [{ protocol: 'tcp', address: '127.0.0.1', port }];
    await expect(launch({ listeners, dnsServers: ['10.0.0.999'] })).rejects.toThrow(
      /10\.0\.0\.999/,
    );
    const next = await launch({ listeners });
    await next.close();
  });
});
