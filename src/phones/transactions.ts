import type { Exchange } from './exchange.js';
import type { SipText } from './message.js';

/** What a phone remembers of requests, to match responses and to recognise repetitions. */
export class Transactions {
  readonly #sent = new Map<string, Exchange>();
  readonly #received = new Map<string, Buffer | 'none-yet'>();

  remember(exchange: Exchange): void {
    this.#sent.set(`${exchange.branch} ${exchange.method}`, exchange);
  }

  find(response: SipText): Exchange | undefined {
    return this.#sent.get(`${response.branch} ${response.method}`);
  }

  /** Undefined for a request seen for the first time, else what was last said to it. */
  lastReply(request: SipText): Buffer | 'none-yet' | undefined {
    // A repeated ACK matters to scripts about lost messages, and nothing answers it.
    if (request.method === 'ACK') return undefined;
    const key = `${request.branch} ${request.method}`;
    const last = this.#received.get(key);
    if (last === undefined) this.#received.set(key, 'none-yet');
    return last;
  }

  replied(request: SipText, bytes: Buffer): void {
    this.#received.set(`${request.branch} ${request.method}`, bytes);
  }
}
