import type { Hop, SipRequest } from '../message/sip-message.js';
import { reopenedHop, responseHop } from '../message/via.js';
import type { Received, ReplyPath, Transport } from '../transport/transport.js';
import { inviteServer, type InviteServerState } from './invite-server.js';
import { keep } from './keep.js';
import type { Event } from './machine.js';
import { nonInviteServer, type NonInviteServerState } from './non-invite-server.js';
import { MachineRun, type Action, type Surroundings } from './run.js';

export interface ServerSetting extends Surroundings {
  readonly transport: Transport;
  ended(transaction: ServerTransaction): void;
}

/** A request of a peer that we answer: RFC 3261 §17.2. */
export class ServerTransaction {
  readonly key: string;
  readonly method: string;
  /** Where the request came from; nothing the message says sends the answer elsewhere. */
  readonly source: Hop;
  /** The answer leaves by the socket that took the request, which NATs insist on. */
  readonly #reply: ReplyPath;
  readonly #setting: ServerSetting;
  readonly #run: MachineRun<InviteServerState> | MachineRun<NonInviteServerState>;
  #lastSent: Buffer | undefined;
  #finalSent = false;
  readonly #failed = (): void => {
    this.#run.fire('unreachable');
  };

  constructor(key: string, received: Received & { message: SipRequest }, setting: ServerSetting) {
    const { method } = received.message;
    this.key = key;
    this.method = method;
    this.source = responseHop(received.from);
    const otherwise = reopenedHop(received.message, received.from);
    this.#reply = { listener: received.listener, otherwise };
    this.#setting = setting;
    const perform = (action: Action): void => this.#perform(action);
    const ended = (): void => setting.ended(this);
    this.#run =
      method === 'INVITE'
        ? new MachineRun(inviteServer, 'initial', setting, perform, ended)
        : new MachineRun(nonInviteServer, 'initial', setting, perform, ended);
    this.#run.fire('start');
  }

  /** Whether a final response has gone out; later ones are refused. */
  get answered(): boolean {
    return this.#finalSent;
  }

  get ended(): boolean {
    return this.#run.state === 'terminated';
  }

  /** Sends a response, unless it is too late for one. */
  respond(status: number, bytes: Buffer): boolean {
    if (this.#finalSent || this.ended) return false;
    const final = status >= 200;
    this.#lastSent = final ? keep(bytes) : bytes;
    this.#finalSent = final;
    this.#run.fire(eventOf(status));
    return true;
  }

  /** Sends again what the dialog layer retransmits: 2xx to INVITE, reliable 1xx. */
  repeat(bytes: Buffer): void {
    this.#setting.transport.send(bytes, this.source, this.#failed, this.#reply);
  }

  /** The peer sent the same request once more. */
  requestAgain(): void {
    this.#run.fire('request again');
  }

  /** Whether the ACK belonged to a non-2xx and is thereby done with. */
  absorbAck(): boolean {
    const { state } = this.#run;
    if (state === 'accepted' || state === 'proceeding') return false;
    this.#run.fire('ack');
    return true;
  }

  abandon(): void {
    this.#run.abandon();
  }

  #perform(action: Action): void {
    switch (action) {
      case 'send':
      case 'send again':
        if (this.#lastSent) this.repeat(this.#lastSent);
        break;
      case 'pass up':
      case 'send ack':
      case 'tell timeout':
      case 'tell unreachable':
        // The layer passes up by itself; a lost peer shows as a missing ACK.
        break;
    }
  }
}

function eventOf(status: number): Event {
  if (status < 200) return 'send 1xx';
  return status < 300 ? 'send 2xx' : 'send failure';
}
