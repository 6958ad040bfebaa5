import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { Api } from '../../src/cli/demo/api.js';
import { answersOk } from '../../src/cli/demo/daemon-process.js';
import { hostPort } from '../../src/phones/address.js';
import { freePort } from '../../src/phones/free-port.js';
import { Child } from '../measure/child.js';
import { ownVersion } from '../measure/machine.js';
import {
  plainCallers,
  type AnchoredName,
  type Caller,
  type Place,
  type System,
  type SystemKind,
} from './system.js';

const ENTRY = join(import.meta.dirname, '../../dist/main.js');
const TOKEN = 'token-of-acme-for-the-bench';
/** Sessions that are opened at once. */
const OPENERS = 8;

/** The product as an operator runs it: every setting that is not named here has its default. */
export const callveil = kind(
  'callveil',
  'whole: session lookup, guard, vault, two CDRs per call in SQLite, log level info',
  { media: 'direct' },
);

const ANNOUNCED = { customer: { mode: 'announce' }, agent: { mode: 'announce' } };

/** The same daemon with and without its embedded media server in the calls. */
export const anchoredKinds: readonly SystemKind<AnchoredName>[] = [
  kind('direct', 'media goes from party to party', { media: 'direct' }),
  kind('anchored', 'an endpoint for each party on the embedded media server, bridged', {
    media: 'anchored',
  }),
  kind('prompted', 'anchored, and both parties are told that the call is recorded', {
    media: 'anchored',
    consent: ANNOUNCED,
  }),
];

interface Settings {
  readonly media: 'direct' | 'anchored';
  readonly consent?: object;
}

function kind<Name extends string>(
  name: Name,
  about: string,
  settings: Settings,
): SystemKind<Name> {
  return {
    name,
    about,
    version: ownVersion,
    missing: () => (existsSync(ENTRY) ? undefined : 'dist/main.js is missing: npm run build'),
    start: (place: Place) => startCallveil(place, settings),
  };
}

async function startCallveil(place: Place, settings: Settings): Promise<System> {
  const directory = join(place.directory, 'data');
  mkdirSync(directory);
  const sip = { host: '127.0.0.1', port: await freePort() };
  const httpPort = await freePort();
  const tokenFile = join(directory, 'tokens');
  writeFileSync(tokenFile, `acme:${TOKEN}\n`, { mode: 0o600 });
  const configFile = join(directory, 'callveil.yaml');
  writeFileSync(
    configFile,
    stringify({
      data_dir: directory,
      drain_seconds: 1,
      http: { port: httpPort, token_file: tokenFile },
      sip: { engine: 'embedded', listen: [`udp:${hostPort(sip)}`] },
      tenants: [tenant(settings)],
      trunks: trunks(place, settings),
    }),
  );
  const child = new Child({
    name: 'callveil',
    command: process.execPath,
    args: [ENTRY, 'serve', '--config', configFile],
    directory: place.directory,
  });
  const url = `http://127.0.0.1:${httpPort}`;
  try {
    await child.until(() => answersOk(`${url}/readyz`));
    const callers = await openSessions(new Api(url, TOKEN));
    return {
      sip,
      callers,
      parts: [{ name: 'callveil', pid: child.pid }],
      stop: () => child.stop(),
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

function tenant({ consent = {} }: Settings): object {
  const dids = Array.from({ length: 20 }, (_, i) => `+1202556${String(1000 + i)}`);
  return { id: 'acme', dids, carrier_trunk: 'carrier', pbx_trunk: 'pbx', consent };
}

function trunks(place: Place, { media }: Settings): object[] {
  const common = { media };
  const { carrier, pbx } = place;
  return [
    {
      ...common,
      name: 'carrier',
      role: 'carrier',
      sources: [carrier.host],
      targets: [`sip:${hostPort(carrier)}`],
    },
    {
      ...common,
      name: 'pbx',
      role: 'pbx',
      tenant: 'acme',
      sources: [pbx.host],
      targets: [`sip:${hostPort(pbx)}`],
      aor_domain: 'pbx.example',
    },
  ];
}

/** A session per caller, each with an agent of its own, through the API. */
async function openSessions(api: Api): Promise<Caller[]> {
  const callers = plainCallers();
  const opened: Caller[] = [];
  const waiting = [...callers.entries()];
  const open = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [i, { caller }] = next;
      const callee = `agent.${i}`;
      const { proxyNumbers } = await api.openSession({
        participants: [{ number: caller }, { sip: `sip:${callee}@pbx.example` }],
        ttl: 36_000,
      });
      opened[i] = { caller, did: proxyNumbers[0], callee };
    }
  };
  await Promise.all(Array.from({ length: OPENERS }, open));
  return opened;
}
