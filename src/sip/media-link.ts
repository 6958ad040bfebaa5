import type { Clock, Millis } from '../domain/time.js';
import type { Log } from '../flows/ports/telemetry.js';
import { newDrachtio, type Drachtio, type EngineSocket } from './drachtio.js';
import { EngineUnreachable, type EngineAddress } from './engine-link.js';
import { watchHealth } from './link-health.js';
import { MediaDoor } from './media-door.js';
import { linkThreads } from './thread-link.js';

export interface MediaLinkDeps {
  readonly address: EngineAddress;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * A connection of its own to the SIP engine, for the dialogs with media servers. They are no legs of
 * any call: they count as none, no guard of a call reads them, and no INVITE of a trunk comes here.
 */
export class MediaLink {
  readonly #drachtio: Drachtio = newDrachtio();
  #begun = false;
  #up = false;

  constructor(private readonly deps: MediaLinkDeps) {}

  /** What drachtio-fsmrf wants of us: drachtio-srf itself. */
  get srf(): object {
    return this.#drachtio;
  }

  /** @throws EngineUnreachable when the first connection fails for as long as `within`. */
  connect(within: Millis): Promise<void> {
    const srf = this.#drachtio;
    const { host, port, secret, openPort } = this.deps.address;
    return new Promise((resolve, reject) => {
      const giveUp = this.deps.clock.after(within, () => {
        this.disconnect();
        reject(new EngineUnreachable(`no SIP engine at ${host}:${port}`));
      });
      srf.on('connect', (err: Error | null) => {
        giveUp.cancel();
        this.#up = err === null;
        if (err === null) {
          resolve();
          return;
        }
        this.disconnect();
        reject(new EngineUnreachable(`the SIP engine at ${host}:${port} refuses our secret`));
      });
      // The other link tells of an engine that is lost; this one only comes back.
      srf.on('close', () => (this.#up = false));
      srf.on('error', () => (this.#up = false));
      this.#begun = true;
      srf.connect({ host, port, secret, enablePing: true, pingInterval: 5_000 });
      const wire = srf.app.client.wp;
      if (openPort) linkThreads(wire, openPort);
      watchHealth(wire, this.deps.clock, (socket) => this.#silent(socket));
      new MediaDoor(this.deps.log).install(wire);
    });
  }

  disconnect(): void {
    if (!this.#begun) return;
    const { wp } = this.#drachtio.app.client;
    if (this.#up) this.#drachtio.disconnect();
    this.#up = false;
    wp.closing = true;
    if (wp.reconnectVars?.retryTimer) clearTimeout(wp.reconnectVars.retryTimer);
  }

  #silent(socket: EngineSocket): void {
    (socket as { destroy(): void }).destroy();
  }
}
