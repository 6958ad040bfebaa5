import type { AppOutlet } from './app.js';
import type { OfferedPort } from './thread-port.js';

type GoOn = (offered: OfferedPort) => void;

/**
 * Brings ports and those who ask for them together. A port comes as a message between threads and its
 * token by a socket, so either may be here first.
 */
export class PortOffers {
  readonly #offered = new Map<string, OfferedPort>();
  /** One per connection, so that none can fill our memory with tokens that nobody offers. */
  readonly #waiting = new Map<AppOutlet, { readonly token: string; readonly goOn: GoOn }>();

  offer(offered: OfferedPort): void {
    this.#offered.set(offered.token, offered);
    offered.port.once('close', () => this.#offered.delete(offered.token));
    for (const [outlet, { token, goOn }] of this.#waiting) {
      if (token === offered.token) this.ask(outlet, token, goOn);
    }
  }

  ask(outlet: AppOutlet, token: string, goOn: GoOn): void {
    const offered = this.#offered.get(token);
    this.#offered.delete(token);
    this.#waiting.delete(outlet);
    if (offered) goOn(offered);
    else this.#waiting.set(outlet, { token, goOn });
  }

  forget(outlet: AppOutlet): void {
    this.#waiting.delete(outlet);
  }
}
