import { MediaFailed, type MediaServer, type MediaServers } from '../flows/ports/media.js';
import type { SipSignalling } from './fsmrf.js';
import { WatchedServer, type MediaServerDeps, type MediaServerSettings } from './media-server.js';

/** The configured servers: new calls go to the one with the least load that takes any. */
export class WatchedServers implements MediaServers {
  readonly #servers: readonly WatchedServer[];

  constructor(
    settings: readonly MediaServerSettings[],
    deps: Omit<MediaServerDeps, 'changed'> & { changed(up: boolean): void },
  ) {
    const changed = (): void => deps.changed(this.#servers.some((server) => server.takesCalls));
    this.#servers = settings.map((one) => new WatchedServer(one, { ...deps, changed }));
  }

  /** Whether calls that need audio of ours may be sent here; a rush is no reason to send none. */
  get up(): boolean {
    return this.#servers.some((server) => server.takesCalls);
  }

  /** Resolves when each server was tried once; those that were not there are sought on. */
  async start(sip: SipSignalling): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.start(sip)));
  }

  choose(): MediaServer {
    const open = this.#servers.filter((server) => server.open);
    const [first, ...others] = open;
    if (first === undefined) throw new MediaFailed('no-server');
    return others.reduce((best, other) => (other.load < best.load ? other : best), first);
  }

  /** Answers whether there is such a server. */
  drain(name: string, draining: boolean): boolean {
    const server = this.#servers.find((one) => one.name === name);
    if (server !== undefined) server.draining = draining;
    return server !== undefined;
  }

  stop(): void {
    for (const server of this.#servers) server.stop();
  }
}
