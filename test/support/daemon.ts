import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { DaemonProcess } from '../../src/cli/demo/daemon-process.js';
import type { Address } from '../../src/phones/address.js';
import { freePort } from '../../src/phones/free-port.js';
import { Api } from './api.js';
import { chooseMedia } from './media-engine.js';
import { chooseEngine, type MoreTransport, type TestEngine } from './engine.js';

const ENTRY = join(import.meta.dirname, '../../dist/main.js');
const tokenOf = (tenant: string): string => `token-of-${tenant}-for-tests`;

/** Sections of the configuration file that a test writes; the rest is filled in here. */
export interface TestConfig {
  /** The first tenant is the one that `api` speaks for. */
  readonly tenants: readonly ({ readonly id: string } & Readonly<Record<string, unknown>>)[];
  readonly trunks: readonly object[];
  readonly sip?: object;
  /** Listeners beside UDP and TCP; tls and wss need `sip.tls`. */
  readonly transports?: readonly MoreTransport[];
  readonly log?: object;
  /** Default: the media server under test. */
  readonly media?: object;
  readonly prompts?: object;
  readonly drain_seconds?: number;
  /** Default: a directory of the test's own. */
  readonly data_dir?: string;
}

/** The real daemon, built by `npm run build`, as a process of its own. */
export class Daemon {
  readonly directory: string;
  readonly sip: Address;
  readonly sip6: Address | undefined;
  readonly #more: TestEngine['more'];
  readonly api: Api;
  readonly #configFile: string;
  readonly #apiUrl: string;
  #process: DaemonProcess;

  private constructor(
    directory: string,
    engine: TestEngine,
    configFile: string,
    apiUrl: string,
    tenant: string,
  ) {
    this.directory = directory;
    this.sip = engine.sip;
    this.sip6 = engine.sip6;
    this.#more = engine.more;
    this.#configFile = configFile;
    this.#apiUrl = apiUrl;
    this.api = new Api(apiUrl, tokenOf(tenant));
    this.#process = this.#spawn();
  }

  /** `directory` keeps the data of an earlier daemon; default: a new temporary one. */
  static async start({ transports, ...config }: TestConfig): Promise<Daemon> {
    if (!existsSync(ENTRY)) throw new Error('dist/main.js is missing: run npm run build first');
    const directory = mkdtempSync(join(tmpdir(), 'callveil-test-'));
    const engine = await chooseEngine(directory, transports);
    const httpPort = await freePort();
    const tokenFile = join(directory, 'tokens');
    const lines = config.tenants.map(({ id }) => `${id}:${tokenOf(id)}\n`);
    writeFileSync(tokenFile, lines.join(''), { mode: 0o600 });
    const configFile = join(directory, 'callveil.yaml');
    writeFileSync(
      configFile,
      stringify({
        data_dir: directory,
        http: { port: httpPort, token_file: tokenFile },
        drain_seconds: 1,
        ...chooseMedia(directory),
        ...config,
        sip: { ...config.sip, ...engine.config },
      }),
    );
    const apiUrl = `http://127.0.0.1:${httpPort}`;
    const tenant = config.tenants[0]?.id ?? '';
    const daemon = new Daemon(directory, engine, configFile, apiUrl, tenant);
    try {
      await daemon.#process.ready();
    } catch (error) {
      await daemon.stop();
      throw error;
    }
    return daemon;
  }

  /** Where it takes SIP over one of `transports`. */
  listensOn(transport: MoreTransport, host: '127.0.0.1' | '::1' = '127.0.0.1'): Address {
    const at = this.#more.get(`${transport} ${host}`);
    if (at === undefined) throw new Error(`the engine under test has no ${transport} listener`);
    return at;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Everything the daemon wrote since it (re)started. */
  get lines(): readonly string[] {
    return this.#process.lines;
  }

  /** Ends the daemon as an operator would and removes its data. */
  async stop(): Promise<void> {
    await this.#process.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async terminate(): Promise<void> {
    await this.#process.stop();
  }

  async kill9(): Promise<void> {
    await this.#process.kill9();
  }

  /** Starts it again on the same data, after `terminate` or `kill9`. */
  async restart(): Promise<void> {
    this.#process = this.#spawn();
    await this.#process.ready();
  }

  #spawn(): DaemonProcess {
    return new DaemonProcess({ entry: ENTRY, configFile: this.#configFile, apiUrl: this.#apiUrl });
  }

  apiOf(tenant: string): Api {
    return new Api(this.#apiUrl, tokenOf(tenant));
  }

  /** Sum of all samples of a metric, over all its labels. */
  async metric(name: string): Promise<number> {
    const page = await this.api.text('/metrics');
    const samples = page.split('\n').filter((line) => /^[\w:]+/.exec(line)?.[0] === name);
    if (samples.length === 0) throw new Error(`/metrics has no ${name}`);
    return samples.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }
}
