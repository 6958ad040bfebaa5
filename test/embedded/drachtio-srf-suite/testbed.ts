import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { hostPort, type Address } from '../../../src/phones/address.js';
import { freePort } from '../../../src/phones/free-port.js';
import { Sipp } from '../../support/sipp.js';
import { adaptFolder } from './adapt.js';

interface Service {
  readonly image: string;
  readonly command: string;
  readonly networks: { readonly testbed: { readonly ipv4_address: string } };
}

/**
 * The hosts that drachtio-srf's test suite expects on its container network, as its own compose
 * file lists them, here as processes on loopback ports.
 */
export class Testbed {
  /** `host:port` on loopback by the names and addresses that the suite uses. */
  readonly places = new Map<string, string>();
  readonly #scenarios = mkdtempSync(join(tmpdir(), 'drachtio-srf-scenarios-'));
  readonly #callees: Sipp[] = [];

  static async start(suite: string): Promise<Testbed> {
    const bed = new Testbed();
    const file = readFileSync(join(suite, 'test', 'docker-compose-testbed.yaml'), 'utf8');
    const { services } = parse(file) as { services: Record<string, Service> };
    const waiting = new Map<Address, string>();
    for (const [name, { image, command, networks }] of Object.entries(services)) {
      if (!image.startsWith('drachtio/sipp')) continue;
      const place = { host: '127.0.0.1', port: await freePort() };
      bed.#name(place, name, networks.testbed.ipv4_address);
      waiting.set(place, command.replace(/^.*-sf \/tmp\//, ''));
    }
    // One host is started by a test itself, under this name.
    bed.#name({ host: '127.0.0.1', port: await freePort() }, 'sipp-uas-b-teardown');
    cpSync(join(suite, 'test', 'scenarios'), bed.#scenarios, { recursive: true });
    adaptFolder(bed.#scenarios, bed.places);
    for (const [place, scenario] of waiting) await bed.#answer(place, scenario);
    return bed;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#callees.map((sipp) => sipp.kill()));
    rmSync(this.#scenarios, { recursive: true, force: true });
  }

  async #answer(local: Address, file: string): Promise<void> {
    const scenario = join(this.#scenarios, file);
    const run = { scenario, local, calls: 1_000, timeoutSeconds: 600, trace: false };
    this.#callees.push(await Sipp.start(run));
  }

  #name(place: Address, ...names: string[]): void {
    for (const name of names) this.places.set(name, hostPort(place));
  }
}
