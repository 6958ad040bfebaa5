import type { AppUser } from '../wire/admin-listener.js';
import type { App } from '../wire/app.js';
import type { RequestCommand, RespondCommand } from '../wire/command.js';
import type { ProxyCommand } from '../wire/proxy-command.js';
import { refuseUnanswered } from './inbound.js';
import { takeProxy } from './proxy/take-proxy.js';
import { respond } from './respond.js';
import { sendCancel } from './send-cancel.js';
import { sendNew } from './send-new.js';
import { sendWithin } from './send-within.js';
import type { CoreState } from './state.js';

/** The user agent core (RFC 3261 §8) as applications see it. */
export class AppSide implements AppUser {
  readonly #state: CoreState;

  constructor(state: CoreState) {
    this.#state = state;
  }

  respond(app: App, command: RespondCommand): void {
    respond(this.#state, app, command);
  }

  request(app: App, command: RequestCommand): void {
    const { method } = command.request;
    if (method === 'CANCEL') sendCancel(this.#state, app, command);
    else if (command.dialogId !== '' || method === 'ACK') sendWithin(this.#state, app, command);
    else sendNew(this.#state, app, command);
  }

  proxy(app: App, command: ProxyCommand): void {
    takeProxy(this.#state, app, command);
  }

  /**
   * Calls that are up stay up, as between two phones; their dialogs are forgotten, so that later
   * requests earn a 481. Whoever still waits is told, and what still rings is given up.
   */
  gone(app: App): void {
    const { unanswered, outbound, dialogs } = this.#state;
    for (const inbound of [...unanswered.values()]) {
      if (inbound.app === app) refuseUnanswered(this.#state, inbound, 503);
    }
    for (const invite of [...outbound.values()]) if (invite.app === app) invite.cancel([]);
    for (const dialog of dialogs.ownedBy(app)) dialogs.remove(dialog);
  }
}
