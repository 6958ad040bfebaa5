import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Daemon } from '../support/daemon.js';
import { onRealDrachtio } from '../support/engine.js';

let directory: string;
let daemon: Daemon;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'callveil-test-browser-'));
  const password_file = join(directory, 'password');
  writeFileSync(password_file, 'secret\n', { mode: 0o600 });
  const pbx = { role: 'pbx', tenant: 'acme', targets: ['sip:127.0.2.1'] };
  daemon = await Daemon.start({
    transports: ['ws'],
    tenants: [{ id: 'acme', dids: ['+12025561000'], carrier_trunk: 'carrier', pbx_trunk: 'pbx' }],
    trunks: [
      { name: 'carrier', role: 'carrier', sources: ['127.0.1.1'], targets: ['sip:127.0.1.1'] },
      { ...pbx, name: 'pbx', sources: ['127.0.2.1'] },
      {
        ...pbx,
        name: 'browsers',
        sources: ['127.0.3.1'],
        inbound_credentials: { username: 'browser', password_file },
      },
    ],
  });
});

afterAll(async () => {
  await daemon.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** What a request over WebSocket from that address is answered, provisional answers aside. */
async function answered(method: string, localAddress: string): Promise<string> {
  const { host, port } = daemon.listensOn('ws');
  const socket = new WebSocket(`ws://${host}:${port}`, 'sip', { localAddress });
  const lines = [
    `${method} sip:+12025561000@${host} SIP/2.0`,
    `Via: SIP/2.0/WS page.invalid;branch=z9hG4bK-${method}-${localAddress}`,
    'From: <sip:1007@pbx.example>;tag=page',
    `To: <sip:+12025561000@${host}>`,
    `Call-ID: ${method}-of-${localAddress}`,
    `CSeq: 1 ${method}`,
    'Contact: <sip:1007@page.invalid;transport=ws>',
    'Max-Forwards: 70',
    'Content-Length: 0',
  ];
  socket.once('open', () => socket.send(`${lines.join('\r\n')}\r\n\r\n`));
  const answer = await new Promise<string>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (!text.startsWith('SIP/2.0 1')) resolve(text);
    });
  });
  socket.terminate();
  return answer;
}

describe.skipIf(onRealDrachtio)('a browser, as docs/operations.md tells', () => {
  it('is refused when it calls from an address of no trunk', async () => {
    expect(await answered('INVITE', '127.0.0.1')).toMatch(/^SIP\/2\.0 403 /);
  });

  it('is asked for the credentials of its trunk', async () => {
    const answer = await answered('INVITE', '127.0.3.1');
    expect(answer).toMatch(/^SIP\/2\.0 407 /);
    expect(answer).toMatch(/^Proxy-Authenticate: Digest /m);
  });

  it('cannot register', async () => {
    expect(await answered('REGISTER', '127.0.3.1')).toMatch(/^SIP\/2\.0 [45]\d\d /);
  });
});
