import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostPort, type Address } from '../../src/phones/address.js';
import { freePort } from '../../src/phones/free-port.js';
import { TestAuthority } from './certificates.js';
import type { TestConfig } from './daemon.js';
import type { Credentials } from './sipp-bridge.js';

/** Places from which SIPp calls or answers; each has a trunk, except the stranger. */
export const ENDPOINTS = [
  'carrier',
  'carrier-tcp',
  'carrier6',
  'pbx',
  'pbx-strict',
  'pbx-digest',
  'pbx-failover',
  'pbx-impatient',
  'pbx-timers',
  'pbx-tcp',
  'stranger',
] as const;

export type Endpoint = (typeof ENDPOINTS)[number];

const HOSTS: Readonly<Record<Endpoint, string>> = {
  carrier: '127.0.1.1',
  'carrier-tcp': '127.0.1.2',
  carrier6: '::1',
  pbx: '127.0.2.1',
  'pbx-strict': '127.0.2.2',
  'pbx-digest': '127.0.2.3',
  'pbx-failover': '127.0.2.4',
  'pbx-impatient': '127.0.2.5',
  'pbx-timers': '127.0.2.6',
  'pbx-tcp': '127.0.2.7',
  stranger: '127.0.9.9',
};

/** PBX trunks beside the plain one, with what is special about each. */
const SPECIAL: Readonly<Partial<Record<Endpoint, object>>> = {
  pbx: {},
  'pbx-strict': {},
  'pbx-impatient': { no_answer_seconds: 1 },
  'pbx-timers': { session_expires_seconds: 90 },
  'pbx-tcp': {},
  'pbx-failover': {},
};

export const isCarrier = (at: Endpoint): boolean => at.startsWith('carrier') || at === 'stranger';

/** What the endpoints speak; those that end in `-tcp` speak TCP whatever the others do. */
export type WorldTransport = 'udp' | 'tcp' | 'tls' | 'ws';

/** Each PBX is a tenant of its own, named like the PBX; carriers serve them all. */
export const tenantOf = (pbx: Endpoint): string => (isCarrier(pbx) ? 'pbx' : pbx);

export const AOR_DOMAIN = 'pbx.example';

/** DIDs differ from tenant to tenant: 20 each. */
function didsOf(index: number): string[] {
  return Array.from({ length: 20 }, (_, i) => `+1202556${String(1000 + index * 100 + i)}`);
}

export interface SippWorld {
  readonly addresses: Readonly<Record<Endpoint, Address>>;
  readonly config: TestConfig;
  transportOf(at: Endpoint): WorldTransport;
  /** Of every endpoint that speaks TLS. */
  readonly credentials: Credentials;
  /** What raw dialing shows where no session exists, by tenant. */
  readonly businessNumbers: Readonly<Record<string, string>>;
  close(): void;
}

/** Whether media addresses pass, or media goes by way of the media server. */
export type MediaMode = 'direct' | 'anchored';

/** One configuration with every trunk that the scenarios need, on free ports. */
export async function sippWorld(
  transport: WorldTransport = 'udp',
  media: MediaMode = 'direct',
): Promise<SippWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'callveil-sipp-world-'));
  const ports = await Promise.all(
    ENDPOINTS.map(
      async (at) => [at, { host: HOSTS[at], port: await freePort(HOSTS[at]) }] as const,
    ),
  );
  const addresses = Object.fromEntries(ports) as Record<Endpoint, Address>;
  const transportOf = (at: Endpoint): WorldTransport => (at.endsWith('-tcp') ? 'tcp' : transport);
  const targetsOf = (at: Endpoint): string[] => targets(at, addresses[at], transportOf(at));
  const authority = new TestAuthority();
  const { caFile } = authority;
  const credentials = {
    ...authority.issue(
      'peers',
      [...new Set(Object.values(HOSTS))].map((host) => `IP:${host}`),
    ),
    caFile,
  };
  const digest = {
    inbound_credentials: {
      username: 'agents',
      password_file: secretFile(directory, 'secret-of-pbx'),
    },
    outbound_credentials: {
      username: 'callveil',
      password_file: secretFile(directory, 'secret-of-ours'),
    },
  };
  const special = { ...SPECIAL, 'pbx-digest': digest } as Record<string, object>;
  const pbxs = ENDPOINTS.filter((at) => !isCarrier(at));
  const businessNumbers = Object.fromEntries(pbxs.map((at, i) => [at, didsOf(i)[19] ?? '']));
  return {
    addresses,
    businessNumbers,
    transportOf,
    credentials,
    close: () => {
      authority.close();
      rmSync(directory, { recursive: true, force: true });
    },
    config: {
      // One of the scenarios comes from a stranger's address and wants to be answered.
      sip: {
        admission: { strangers: 'answer' },
        ...(transport === 'tls' && { tls: tlsSection(authority) }),
      },
      ...((transport === 'tls' || transport === 'ws') && { transports: [transport] }),
      tenants: pbxs.map((at, i) => ({
        id: at,
        dids: didsOf(i),
        carrier_trunk: 'carrier',
        pbx_trunk: at,
        ...(at === 'pbx-strict'
          ? {}
          : { raw_dialing: 'allow', business_number: businessNumbers[at] }),
      })),
      trunks: [
        carrierTrunk('carrier', addresses, targetsOf, media),
        carrierTrunk('carrier-tcp', addresses, targetsOf, media),
        {
          ...carrierTrunk('carrier6', addresses, targetsOf, media),
          // Over a bridge the port is another: ::1 is nobody else's here.
          sources: [
            transport === 'tls' || transport === 'ws' ? '::1' : hostPort(addresses.carrier6),
          ],
        },
        ...pbxs.map((at) => ({
          name: at,
          role: 'pbx',
          tenant: at,
          sources: [addresses[at].host],
          targets: targetsOf(at),
          aor_domain: AOR_DOMAIN,
          media,
          ...special[at],
        })),
      ],
    },
  };
}

function carrierTrunk(
  at: Endpoint,
  addresses: SippWorld['addresses'],
  targetsOf: (at: Endpoint) => string[],
  media: MediaMode,
): object {
  return {
    name: at,
    role: 'carrier',
    sources: [addresses[at].host],
    targets: targetsOf(at),
    media,
  };
}

function targets(at: Endpoint, address: Address, transport: WorldTransport): string[] {
  const param = transport === 'udp' ? '' : `;transport=${transport}`;
  const live = `sip:${hostPort(address)}${param}`;
  // Nothing listens on port 9 of that address: ICMP or a reset says so at once.
  return at === 'pbx-failover' ? [`sip:127.0.2.99:9${param}`, live] : [live];
}

function tlsSection(authority: TestAuthority): object {
  const ours = authority.issue('callveil', ['IP:127.0.0.1', 'IP:::1']);
  return {
    certificate_file: ours.certificateFile,
    key_file: ours.keyFile,
    ca_file: authority.caFile,
    client_certificates: 'require',
  };
}

function secretFile(directory: string, secret: string): string {
  const file = join(directory, secret);
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return file;
}
