import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Address } from '../../phones/address.js';
import { AudioLine } from '../../phones/audio-line.js';
import { freePort } from '../../phones/free-port.js';
import { Phone } from '../../phones/phone.js';
import { Api } from './api.js';
import { DaemonProcess } from './daemon-process.js';
import { AGENT, CUSTOMER, cname, type Person } from './people.js';

const DIDS = ['+12025550110', '+12025550111', '+12025550112', '+12025550113'];

/** Everything that one run of the demo started: two phones with their audio, a daemon, a directory. */
export interface World {
  readonly customer: Phone;
  readonly agent: Phone;
  readonly lines: Readonly<Record<Person['who'], AudioLine>>;
  /** Where Callveil listens for SIP. */
  readonly callveil: Address;
  readonly api: Api;
  readonly daemon: DaemonProcess;
  /** Both phones' audio goes silent. */
  hangUp(): void;
}

interface Ports {
  readonly sip: number;
  readonly http: number;
}

const tokenFileIn = (directory: string): string => join(directory, 'tokens');

function configuration(directory: string, ports: Ports, customer: Phone, agent: Phone): object {
  const trunk = (name: string, role: string, phone: Phone): object => ({
    name,
    role,
    sources: [phone.address.host],
    targets: [`sip:${phone.hostPort}`],
  });
  return {
    data_dir: directory,
    sip: { listen: [`udp:127.0.0.1:${ports.sip}`, `tcp:127.0.0.1:${ports.sip}`] },
    http: { port: ports.http, token_file: tokenFileIn(directory) },
    drain_seconds: 1,
    tenants: [
      {
        id: 'demo',
        dids: DIDS,
        carrier_trunk: 'carrier',
        pbx_trunk: 'pbx',
        recording: { mode: 'always', tags: ['demo'] },
        // By law both are told; this tenant asks customers of California for a yes.
        consent: { home: 'US-NY', customer: { regions: { 'US-CA': 'opt-in' } } },
      },
    ],
    trunks: [
      trunk('carrier', 'carrier', customer),
      { ...trunk('pbx', 'pbx', agent), tenant: 'demo', aor_domain: AGENT.domain },
    ],
  };
}

type Undo = () => Promise<void> | void;

/** Things to undo, last one first; each runs even when another fails. */
export class Cleanup {
  readonly #steps: Undo[] = [];
  #over = false;

  add(step: Undo): void {
    this.#steps.unshift(step);
    // Ctrl-C may come while things are still being started: they are ended as they come.
    if (this.#over) void this.run();
  }

  async run(): Promise<void> {
    this.#over = true;
    for (const step of this.#steps.splice(0)) {
      try {
        await step();
      } catch {
        // What is left of a run must not keep the rest from being undone.
      }
    }
  }
}

/** Starts everything on free loopback ports; what was started is on `cleanup` even if this fails. */
export async function openWorld(entry: string, cleanup: Cleanup): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'callveil-demo-'));
  cleanup.add(() => rmSync(directory, { recursive: true, force: true }));
  const customer = await openPhone(CUSTOMER, [], cleanup);
  // Ports of their own, so that finding one on the other side means something.
  const agent = await openPhone(AGENT, [customer.address.port], cleanup);
  const taken = [customer.address.port, agent.address.port];
  const ports = { sip: await freePortBut(taken), http: await freePort() };
  const lines = {
    customer: await openLine(CUSTOMER, cleanup),
    agent: await openLine(AGENT, cleanup),
  };

  const token = randomBytes(24).toString('hex');
  writeFileSync(tokenFileIn(directory), `demo:${token}\n`, { mode: 0o600 });
  const configFile = join(directory, 'callveil.yaml');
  writeFileSync(configFile, stringify(configuration(directory, ports, customer, agent)));

  const apiUrl = `http://127.0.0.1:${ports.http}`;
  const daemon = new DaemonProcess({ entry, configFile, apiUrl });
  cleanup.add(() => daemon.stop());
  await daemon.ready();
  const callveil = { host: '127.0.0.1', port: ports.sip };
  const api = new Api(apiUrl, token);
  const hangUp = (): void => Object.values(lines).forEach((line) => line.hangUp());
  return { customer, agent, lines, callveil, api, daemon, hangUp };
}

async function freePortBut(taken: readonly number[], host?: string): Promise<number> {
  for (;;) {
    const port = await freePort(host);
    if (!taken.includes(port)) return port;
  }
}

async function openPhone(
  { user, host }: Person,
  taken: readonly number[],
  cleanup: Cleanup,
): Promise<Phone> {
  const phone = await Phone.open({ user, host, port: await freePortBut(taken, host) });
  cleanup.add(() => phone.close());
  return phone;
}

async function openLine(person: Person, cleanup: Cleanup): Promise<AudioLine> {
  const { mediaHost: host, ssrc } = person;
  const line = await AudioLine.open({ host, ssrc, cname: cname(person) });
  cleanup.add(() => line.close());
  return line;
}
