import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { hostPort, type Address } from '../../src/phones/address.js';
import { freePort } from '../../src/phones/free-port.js';
import { Child } from '../measure/child.js';
import { output } from '../measure/machine.js';
import { startBareApp } from './bare-app.js';
import { plainCallers, type Place, type System, type SystemKind } from './system.js';

const VARIABLE = 'CALLVEIL_BENCH_DRACHTIO';

function binary(): string {
  return process.env[VARIABLE] ?? '';
}

/** The yardstick: a real drachtio-server under the same bare app, two processes. */
export const drachtio: SystemKind = {
  name: 'drachtio',
  about: 'a real drachtio-server under the same bare createB2BUA app; no masking',
  version: () => output(binary(), ['--version']).trim(),
  missing: () => {
    if (binary() === '') return `set ${VARIABLE} to the path of a drachtio-server binary`;
    return existsSync(binary()) ? undefined : `${VARIABLE}: there is no file ${binary()}`;
  },
  start: startDrachtio,
};

async function startDrachtio(place: Place): Promise<System> {
  const sip = { host: '127.0.0.1', port: await freePort() };
  const admin = { host: '127.0.0.1', port: await freePort() };
  const secret = randomBytes(12).toString('hex');
  const configFile = join(place.directory, 'drachtio.conf.xml');
  writeFileSync(configFile, configuration(admin, sip, secret, place.directory), { mode: 0o600 });
  const server = new Child({
    name: 'drachtio-server',
    command: binary(),
    args: ['-f', configFile],
    directory: place.directory,
    env: withoutOverrides(),
  });
  try {
    await server.until(() => accepts(admin));
    const app = await startBareApp(place, ['connect', admin.host, String(admin.port), secret]);
    return {
      sip,
      callers: plainCallers(),
      parts: [
        { name: 'drachtio-server', pid: server.pid },
        { name: 'app', pid: app.pid },
      ],
      stop: async () => {
        await app.stop();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Logging is that of the file that drachtio-server ships. */
function configuration(admin: Address, sip: Address, secret: string, directory: string): string {
  return `<drachtio>
  <admin port="${admin.port}" secret="${secret}">${admin.host}</admin>
  <sip><contacts><contact>sip:${hostPort(sip)};transport=udp</contact></contacts></sip>
  <cdrs>false</cdrs>
  <logging>
    <file>
      <name>${join(directory, 'drachtio.log')}</name>
      <archive>${join(directory, 'drachtio-archive')}</archive>
      <size>100</size>
      <maxFiles>5</maxFiles>
      <auto-flush>true</auto-flush>
    </file>
    <sofia-loglevel>3</sofia-loglevel>
    <loglevel>info</loglevel>
  </logging>
</drachtio>
`;
}

/** DRACHTIO_… variables would override the file. */
function withoutOverrides(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('DRACHTIO_'));
  return Object.fromEntries(kept);
}

async function accepts(address: Address): Promise<boolean> {
  const socket = createConnection(address);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false; // not listening yet
  } finally {
    socket.destroy();
  }
}
