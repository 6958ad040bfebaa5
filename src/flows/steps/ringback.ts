import type { MediaEndpoint } from '../ports/media.js';

/** What an answered caller hears while its callee rings: a tone of ours, until it is stopped. */
export class Ringback {
  #stop: AbortController | undefined;

  /** @param country whose cadence it has: ISO 3166 alpha-2. */
  start(endpoint: MediaEndpoint, country: string): void {
    if (this.#stop !== undefined) return;
    this.#stop = new AbortController();
    // A tone that cannot be played is silence; the call does not depend on it.
    endpoint.play([{ is: 'ringback', country }], this.#stop.signal).catch(() => undefined);
  }

  stop(): void {
    this.#stop?.abort();
  }
}
