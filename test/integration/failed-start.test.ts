import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

const ENTRY = join(import.meta.dirname, '../../dist/main.js');

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'callveil-test-start-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a start that fails', () => {
  it('ends the process when the port of the API is taken, and takes no calls', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as AddressInfo;
    const { code, stderr } = await serve({ http: { port } });
    squatter.close();
    expect(stderr).toContain(`EADDRINUSE: address already in use 127.0.0.1:${port}`);
    expect(code).toBe(2);
  });

  it('ends the process when the SIP engine refuses the secret, and does not come back', async () => {
    let visits = 0;
    const engine = createServer((socket) => {
      visits += 1;
      socket.once('data', (frame) => {
        const id = /#([^|]+)\|authenticate/.exec(frame.toString())?.[1] ?? '';
        const answer = `engine|response|${id}|NO|incorrect secret`;
        socket.end(`${answer.length}#${answer}`);
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve));
    const { port } = engine.address() as AddressInfo;
    const secretFile = join(directory, 'secret');
    writeFileSync(secretFile, 'wrong\n', { mode: 0o600 });
    const drachtio = { host: '127.0.0.1', port, secret_file: secretFile };
    const { code, stderr } = await serve({ sip: { engine: 'drachtio', drachtio } });
    engine.close();
    expect(stderr).toContain('refuses our secret');
    expect(code).toBe(2);
    expect(visits).toBe(1);
  });

  it('ends the process when the token file is wrong', async () => {
    const tokenFile = join(directory, 'tokens');
    writeFileSync(tokenFile, 'no tenant and no colon\n', { mode: 0o600 });
    const { code } = await serve({ http: { port: 0, token_file: tokenFile } });
    expect(code).toBe(2);
  });
});

/** Runs the daemon until it gives up; one that stays is killed, and then has no exit code. */
function serve(config: object): Promise<{ code: unknown; stderr: string }> {
  const file = join(directory, 'callveil.yaml');
  const listen = ['udp:127.0.0.1:0'];
  const pbx = { role: 'pbx', tenant: 'acme', sources: ['127.0.0.3'], targets: ['sip:127.0.0.3'] };
  const trunks = [
    { name: 'carrier', role: 'carrier', sources: ['127.0.0.2'], targets: ['sip:127.0.0.2'] },
    { name: 'pbx', ...pbx },
  ];
  const tenant = { id: 'acme', dids: ['+12025550110'], carrier_trunk: 'carrier', pbx_trunk: 'pbx' };
  writeFileSync(
    file,
    stringify({ data_dir: directory, sip: { listen }, tenants: [tenant], trunks, ...config }),
  );
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [ENTRY, 'serve', '-c', file],
      { timeout: 10_000 },
      (error, _, stderr) => resolve({ code: error?.code, stderr }),
    );
  });
}
