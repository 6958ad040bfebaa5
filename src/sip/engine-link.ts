import type { Log, Metrics } from '../flows/ports/telemetry.js';
import type { Clock, Millis } from '../domain/time.js';
import { newDrachtio, type Drachtio, type EngineSocket } from './drachtio.js';
import { limitFrames, paceFrames } from './frame-limit.js';
import { watchHealth } from './link-health.js';
import { countArrivals } from './count-arrivals.js';
import { GuardDoor } from './guard-door.js';
import { linkThreads, type EnginePort } from './thread-link.js';

export interface EngineAddress {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  /** Of an engine in another thread of this process: a way to it without a socket. */
  readonly openPort?: () => EnginePort;
}

export interface EngineLinkDeps {
  readonly address: EngineAddress;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** The engine is gone, and with it every dialog that ran on this connection. */
  lost(): void;
}

/** The engine did not let us in within the time given. */
export class EngineUnreachable extends Error {
  override readonly name = 'EngineUnreachable';
}

/**
 * The one connection to the SIP engine, embedded or drachtio-server. drachtio-srf reconnects by
 * itself; the guard stands at the wire before the first byte can leave.
 */
export class EngineLink {
  readonly srf: Drachtio = newDrachtio();
  readonly door: GuardDoor;
  /** Hosts we are known by, once connected; shared with every call's guard. */
  readonly ownAddresses: string[] = [];
  #begun = false;
  #up = false;

  constructor(private readonly deps: EngineLinkDeps) {
    this.door = new GuardDoor(deps.metrics, deps.log);
  }

  get up(): boolean {
    return this.#up;
  }

  /** @throws EngineUnreachable when the first connection fails for as long as `within`. */
  connect(within: Millis): Promise<readonly string[]> {
    const { srf, deps } = this;
    const { host, port, secret } = deps.address;
    return new Promise((resolve, reject) => {
      const giveUp = deps.clock.after(within, () => {
        this.disconnect();
        reject(new EngineUnreachable(`no SIP engine at ${host}:${port}`));
      });
      srf.on('connect', (err: Error | null, ...known: (string | null)[]) => {
        giveUp.cancel();
        if (err) {
          // The engine hangs up on a wrong secret, and drachtio-srf would come back with it for ever.
          this.disconnect();
          reject(new EngineUnreachable(`the SIP engine at ${host}:${port} refuses our secret`));
          return;
        }
        const [hostports, , localHostports] = known.map((list) =>
          (list ?? '').split(',').filter(Boolean),
        );
        const contacts = hostports ?? [];
        this.#connected(contacts, localHostports ?? []);
        resolve(contacts);
      });
      srf.on('close', () => this.#lost());
      srf.on('error', (error: Error) => this.#lost(error));
      // The answers to pings tell a living engine from a silent connection: see link-health.ts.
      this.#begun = true;
      srf.connect({ host, port, secret, enablePing: true, pingInterval: 5_000 });
      const wire = srf.app.client.wp;
      if (deps.address.openPort) linkThreads(wire, deps.address.openPort);
      else {
        paceFrames(wire);
        limitFrames(wire, deps.metrics, deps.log);
      }
      watchHealth(wire, deps.clock, (socket) => this.#silent(socket));
      this.door.install(wire);
      countArrivals(wire, deps.metrics);
    });
  }

  /** Hangs up, or gives up the search for an engine that is lost. */
  disconnect(): void {
    if (!this.#begun) return;
    const { wp } = this.srf.app.client;
    // drachtio-srf throws where there is no connection to leave, and searches on for ever.
    if (this.#up) this.srf.disconnect();
    this.#up = false;
    wp.closing = true;
    if (wp.reconnectVars?.retryTimer) clearTimeout(wp.reconnectVars.retryTimer);
  }

  #connected(contacts: readonly string[], local: readonly string[]): void {
    this.#up = true;
    this.deps.metrics.dependency('sip_engine', true);
    const hosts = [...contacts, ...local].map((contact) => contact.replace(/^\w+\/|:\d+$/g, ''));
    const distinct = new Set(hosts.map(withoutBrackets));
    this.ownAddresses.splice(0, this.ownAddresses.length, ...distinct);
    this.deps.log.info('SIP engine connected', { contacts: contacts.join(' ') });
  }

  /** drachtio-srf does not notice by itself; once the connection is gone it seeks a new one. */
  #silent(socket: EngineSocket): void {
    this.deps.log.error('SIP engine is silent: its connection is given up');
    (socket as Destroyable).destroy();
  }

  #lost(error?: Error): void {
    if (!this.#up) return;
    this.#up = false;
    this.deps.metrics.dependency('sip_engine', false);
    this.deps.log.error('SIP engine lost', { err: error });
    this.deps.lost();
  }
}

/** The part of net.Socket that ends a connection at once. */
interface Destroyable {
  destroy(): void;
}

const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, '');
