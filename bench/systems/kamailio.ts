import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { hostPort, type Address } from '../../src/phones/address.js';
import { freePort } from '../../src/phones/free-port.js';
import { isBound } from '../measure/bound.js';
import { Child } from '../measure/child.js';
import { output } from '../measure/machine.js';
import { plainCallers, type Caller, type Place, type System, type SystemKind } from './system.js';

const TEMPLATE = join(import.meta.dirname, '../kamailio/kamailio.cfg');

/** What the industry would take for the job: bench/kamailio/kamailio.cfg says how it masks. */
export const kamailio: SystemKind = {
  name: 'kamailio',
  about: 'masking proxy: lookup in Redis, uac, topos in Redis, dialog, acc CDR to a file',
  version: () => /kamailio [\d.]+/.exec(output('kamailio', ['-v']))?.[0] ?? '',
  missing: () => {
    const lacking = ['kamailio', 'redis-server'].filter((tool) => output(tool, ['-v']) === '');
    if (lacking.length === 0) return undefined;
    return `${lacking.join(', ')} missing: apt-get install -y kamailio kamailio-redis-modules redis-server`;
  },
  start: startKamailio,
};

async function startKamailio(place: Place): Promise<System> {
  const sip = { host: '127.0.0.1', port: await freePort() };
  const redis = { host: '127.0.0.1', port: await freePort() };
  const store = await startRedis(redis, place);
  try {
    const callers = plainCallers().map((each, i) => ({ ...each, callee: `agent.${i}` }));
    await bind(redis, callers);
    const proxy = await startProxy(sip, redis, place);
    return {
      sip,
      callers,
      parts: [
        { name: 'kamailio', pid: proxy.pid },
        { name: 'redis', pid: store.pid },
      ],
      stop: async () => {
        await proxy.stop();
        await store.stop();
      },
    };
  } catch (error) {
    await store.stop();
    throw error;
  }
}

/** Nothing is saved to disk, which is Redis at its fastest. */
async function startRedis(at: Address, place: Place): Promise<Child> {
  const args = ['--port', String(at.port), '--bind', at.host, '--save', '', '--appendonly', 'no'];
  const child = new Child({
    name: 'redis',
    command: 'redis-server',
    args: [...args, '--dir', place.directory],
    directory: place.directory,
  });
  await child.until(() => child.words().includes('Ready to accept connections'));
  return child;
}

/** One row per (caller, DID), as Callveil has one binding per participant and DID. */
async function bind(redis: Address, callers: readonly Caller[]): Promise<void> {
  const socket = createConnection(redis);
  const commands = callers.map(
    ({ caller, did, callee }) => `HSET bind:${caller}:${did} callee ${callee} shown +12025561001`,
  );
  socket.write([...commands, 'QUIT', ''].join('\r\n'));
  socket.resume();
  await once(socket, 'close');
}

async function startProxy(sip: Address, redis: Address, place: Place): Promise<Child> {
  const values: Readonly<Record<string, string>> = {
    sip: hostPort(sip),
    pbx: hostPort(place.pbx),
    pbxHost: place.pbx.host,
    carrierHost: place.carrier.host,
    redisHost: redis.host,
    redisPort: String(redis.port),
    children: String(2 * availableParallelism()),
  };
  const text = readFileSync(TEMPLATE, 'utf8').replace(
    /\{\{(\w+)\}\}/g,
    (whole, name: string) => values[name] ?? whole,
  );
  const configFile = join(place.directory, 'kamailio.cfg');
  writeFileSync(configFile, text);
  const runDirectory = join(place.directory, 'kamailio-run');
  mkdirSync(runDirectory);
  const args = ['-DD', '-E', '-f', configFile, '-P', join(runDirectory, 'pid'), '-Y', runDirectory];
  const child = new Child({
    name: 'kamailio',
    command: 'kamailio',
    args: [...args, '-m', '512', '-M', '16'],
    directory: place.directory,
  });
  await child.until(() => isBound(sip));
  return child;
}
