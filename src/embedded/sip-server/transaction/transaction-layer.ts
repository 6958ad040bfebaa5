import type { Hop, SipRequest, SipResponse } from '../message/sip-message.js';
import { stampVia, topVia } from '../message/via.js';
import type { TimerValues, Timing } from './timing.js';
import type { Received, Transport } from '../transport/transport.js';
import { ClientTransaction, type ClientSetting, type ClientUser } from './client-transaction.js';
import { clientKey, clientKeyOf, serverKey } from './keys.js';
import { ServerTransaction } from './server-transaction.js';

/** A request with where it came from. */
export type ReceivedRequest = Received & { readonly message: SipRequest };

/** Who acts on requests: the user agent core above the transactions. */
export interface ServerUser {
  request(transaction: ServerTransaction, received: ReceivedRequest): void;
  /** `invite` is the transaction that the CANCEL names (RFC 3261 §9.2), if there is one. */
  cancel(
    transaction: ServerTransaction,
    received: ReceivedRequest,
    invite: ServerTransaction | undefined,
  ): void;
  /** An ACK to a 2xx, or one that belongs to nothing. */
  ack(received: ReceivedRequest): void;
  /**
   * Whether a new request other than INVITE and CANCEL was answered at once without keeping anything
   * (RFC 3261 §8.2.7), so that a flood of what nobody wants costs no memory.
   */
  dismissed(received: ReceivedRequest): boolean;
  /** Whether a new request may have the room that is reserved: calls for help, calls in progress. */
  goesFirst(request: SipRequest): boolean;
  /** A new request when there is no room for another transaction. */
  overloaded(received: ReceivedRequest): void;
}

export interface LayerOptions {
  readonly transport: Transport;
  readonly timing: Timing;
  readonly timers: TimerValues;
  /** Transactions of both kinds that may live at once. */
  readonly maxTransactions: number;
  /** Further ones for requests that go first. */
  readonly reservedTransactions: number;
  readonly user: ServerUser;
}

const ignored: ClientUser = {
  response: () => undefined,
  timedOut: () => undefined,
  unreachable: () => undefined,
};

/** Finds the transaction of every message and starts new ones: RFC 3261 §17. */
export class TransactionLayer {
  readonly #options: LayerOptions;
  readonly #servers = new Map<string, ServerTransaction>();
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #unreliable: ClientSetting;
  readonly #reliable: ClientSetting;

  constructor(options: LayerOptions) {
    this.#options = options;
    const setting = (reliable: boolean): ClientSetting => ({
      transport: options.transport,
      timing: options.timing,
      timers: options.timers,
      reliable,
      ended: (transaction) => this.#clients.delete(transaction.key),
      sendCancel: (cancel, hop) => this.send(cancel, hop, ignored),
    });
    this.#unreliable = setting(false);
    this.#reliable = setting(true);
  }

  /** How many transactions are alive. */
  get size(): number {
    return this.#servers.size + this.#clients.size;
  }

  receive(received: Received): void {
    const { message } = received;
    if (message.kind === 'response') this.#response(message, received);
    else this.#request(received as ReceivedRequest);
  }

  /**
   * Sends a request, whose top Via holds a fresh branch, in a new client transaction; `bytes` is
   * the request serialised, where the caller has it already.
   */
  send(request: SipRequest, hop: Hop, user: ClientUser, bytes?: Buffer): ClientTransaction {
    const key = clientKey(topVia(request)?.branch ?? '', request.method);
    const setting = hop.protocol === 'udp' ? this.#unreliable : this.#reliable;
    const transaction = new ClientTransaction(key, request, hop, user, setting, bytes);
    this.#clients.set(key, transaction);
    transaction.start();
    return transaction;
  }

  close(): void {
    for (const transaction of this.#servers.values()) transaction.abandon();
    for (const transaction of this.#clients.values()) transaction.abandon();
  }

  #response(response: SipResponse, received: Received): void {
    const key = clientKeyOf(response);
    // RFC 3261 §18.1.2 lets a user agent drop a response that matches nothing.
    if (key !== undefined) this.#clients.get(key)?.receive(response, received);
  }

  #request(received: ReceivedRequest): void {
    const key = serverKey(received.message);
    if (key === undefined) return;
    const known = this.#servers.get(key);
    if (received.message.method === 'ACK') {
      if (known?.absorbAck() !== true) this.#options.user.ack(received);
      return;
    }
    if (known) {
      known.requestAgain();
      return;
    }
    const { user } = this.#options;
    stampVia(received.message, received.from);
    if (user.dismissed(received)) return;
    if (this.#hasRoom(received.message)) this.#begin(key, received);
    else user.overloaded(received);
  }

  #hasRoom(request: SipRequest): boolean {
    const { user, maxTransactions, reservedTransactions } = this.#options;
    if (this.size < maxTransactions) return true;
    return this.size < maxTransactions + reservedTransactions && user.goesFirst(request);
  }

  #begin(key: string, received: ReceivedRequest): void {
    const { transport, timing, timers, user } = this.#options;
    const transaction = new ServerTransaction(key, received, {
      transport,
      timing,
      timers,
      reliable: received.from.protocol !== 'udp',
      ended: () => this.#servers.delete(key),
    });
    this.#servers.set(key, transaction);
    if (received.message.method === 'CANCEL') {
      const named = serverKey(received.message, 'INVITE');
      user.cancel(transaction, received, named === undefined ? named : this.#servers.get(named));
    } else {
      user.request(transaction, received);
    }
  }
}
