import type { SipRequest, SipResponse } from '../message/sip-message.js';
import type { ClientUser } from '../transaction/client-transaction.js';
import type { Received } from '../transport/transport.js';
import type { App } from '../wire/app.js';
import { deliverFabricated, deliverResponse } from './deliver.js';

export interface OutboundOptions {
  readonly app: App;
  readonly request: SipRequest;
  readonly transactionId: string;
  readonly dialogId: string;
  /** The first final response, a fabricated one included (408, 503), before it is delivered. */
  finally(status: number, response: SipResponse | undefined, received: Received | undefined): void;
}

/** A request of an application other than INVITE: its responses go back to it. */
export class OutboundRequest implements ClientUser {
  readonly #options: OutboundOptions;

  constructor(options: OutboundOptions) {
    this.#options = options;
  }

  response(response: SipResponse, received: Received): void {
    // 100 is between hops and says nothing to an application.
    if (response.status === 100) return;
    const { app, transactionId, dialogId } = this.#options;
    if (response.status >= 200) this.#options.finally(response.status, response, received);
    deliverResponse(app, response, received, transactionId, dialogId);
  }

  timedOut(): void {
    this.#fail(408);
  }

  unreachable(): void {
    this.#fail(503);
  }

  #fail(status: 408 | 503): void {
    const { app, request, transactionId, dialogId } = this.#options;
    this.#options.finally(status, undefined, undefined);
    deliverFabricated(app, request, status, transactionId, dialogId);
  }
}
