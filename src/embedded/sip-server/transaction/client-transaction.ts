import { firstHeader } from '../message/headers.js';
import { serialize } from '../message/serialize.js';
import type { HeaderField, Hop, SipRequest, SipResponse } from '../message/sip-message.js';
import type { Received, Transport } from '../transport/transport.js';
import { inviteClient, type InviteClientState } from './invite-client.js';
import { keep } from './keep.js';
import type { Event } from './machine.js';
import { nonInviteClient, type NonInviteClientState } from './non-invite-client.js';
import { requestWithin } from './request-within.js';
import { MachineRun, type Action, type Surroundings } from './run.js';

/** What a client transaction tells whoever sent the request. */
export interface ClientUser {
  /** Provisional and final responses; for INVITE also every repeated or forked 2xx. */
  response(response: SipResponse, received: Received): void;
  /** No final response in time (RFC 3261 §8.1.3.1: treat as 408). */
  timedOut(): void;
  /** The request could not be delivered (RFC 3261 §8.1.3.1: treat as 503). */
  unreachable(): void;
}

export interface ClientSetting extends Surroundings {
  readonly transport: Transport;
  ended(transaction: ClientTransaction): void;
  /** Sends a CANCEL in a transaction of its own. */
  sendCancel(cancel: SipRequest, hop: Hop): void;
}

const nothing = Buffer.alloc(0);

/** A request of ours on its way: RFC 3261 §17.1. */
export class ClientTransaction {
  readonly key: string;
  readonly hop: Hop;
  /** Let go of with the final response: the transaction then only waits for stragglers. */
  #request: SipRequest | undefined;
  #bytes: Buffer;
  #ack: Buffer | undefined;
  readonly #setting: ClientSetting;
  readonly #user: ClientUser;
  readonly #run: MachineRun<InviteClientState> | MachineRun<NonInviteClientState>;
  #latest: { response: SipResponse; received: Received } | undefined;
  #wantsCancel: SipRequest | undefined;
  #cancelSent = false;
  readonly #failed = (): void => {
    this.#run.fire('unreachable');
  };

  constructor(
    key: string,
    request: SipRequest,
    hop: Hop,
    user: ClientUser,
    setting: ClientSetting,
    bytes = serialize(request),
  ) {
    this.key = key;
    this.hop = hop;
    this.#request = request;
    this.#bytes = bytes;
    this.#user = user;
    this.#setting = setting;
    const perform = (action: Action): void => this.#perform(action);
    const ended = (): void => setting.ended(this);
    this.#run =
      request.method === 'INVITE'
        ? new MachineRun(inviteClient, 'initial', setting, perform, ended)
        : new MachineRun(nonInviteClient, 'initial', setting, perform, ended);
  }

  /** Whether a final response can still come. */
  get pending(): boolean {
    const state = this.#run.state;
    return state !== 'completed' && state !== 'accepted' && state !== 'terminated';
  }

  start(): void {
    this.#run.fire('start');
  }

  receive(response: SipResponse, received: Received): void {
    this.#latest = { response, received };
    this.#run.fire(eventOf(response.status));
    this.#latest = undefined;
    if (!this.pending) {
      this.#request = undefined;
      this.#bytes = nothing;
    }
    if (this.#wantsCancel && this.#run.state === 'proceeding') this.#sendCancel(this.#wantsCancel);
  }

  /**
   * Gives up an INVITE. The CANCEL waits for the first provisional response, because a CANCEL
   * that overtakes its INVITE finds nothing to cancel (RFC 3261 §9.1). Returns the CANCEL.
   */
  cancel(extra: readonly HeaderField[] = []): SipRequest | undefined {
    if (this.#request === undefined || !this.pending) return undefined;
    const to = firstHeader(this.#request, 'To') ?? '';
    const cancel = requestWithin(this.#request, 'CANCEL', to, extra);
    if (this.#run.state === 'proceeding') this.#sendCancel(cancel);
    else this.#wantsCancel = cancel;
    return cancel;
  }

  abandon(): void {
    this.#run.abandon();
  }

  #sendCancel(cancel: SipRequest): void {
    this.#wantsCancel = undefined;
    if (this.#cancelSent) return;
    this.#cancelSent = true;
    this.#setting.sendCancel(cancel, this.hop);
    // RFC 3261 §9.1: without a final response within 64*T1 the INVITE counts as cancelled.
    this.#setting.timing.after(64 * this.#setting.timers.t1, () => {
      if (!this.pending) return;
      this.#run.abandon();
      this.#user.timedOut();
    });
  }

  #perform(action: Action): void {
    switch (action) {
      case 'send':
      case 'send again':
        this.#setting.transport.send(this.#bytes, this.hop, this.#failed);
        break;
      case 'send ack':
        this.#acknowledge();
        break;
      case 'pass up':
        if (this.#latest) this.#user.response(this.#latest.response, this.#latest.received);
        break;
      case 'tell timeout':
        this.#user.timedOut();
        break;
      case 'tell unreachable':
        this.#user.unreachable();
        break;
    }
  }

  #acknowledge(): void {
    if (this.#latest && this.#request) {
      const to = firstHeader(this.#latest.response, 'To') ?? '';
      this.#ack = keep(serialize(requestWithin(this.#request, 'ACK', to)));
    }
    if (this.#ack) this.#setting.transport.send(this.#ack, this.hop, () => undefined);
  }
}

function eventOf(status: number): Event {
  if (status < 200) return '1xx';
  return status < 300 ? '2xx' : 'failure';
}
