import { cseqOf } from '../../sip-server/message/cseq.js';
import { firstHeader } from '../../sip-server/message/headers.js';
import { newBranch, newCSeq, newTag } from '../../sip-server/message/identifiers.js';
import { inDialogRequest } from '../../sip-server/message/in-dialog-request.js';
import {
  addressesOf,
  contactsOf,
  stringifyNameAddr,
  tagOf,
} from '../../sip-server/message/name-addr.js';
import { responseTo } from '../../sip-server/message/responses.js';
import { serialize } from '../../sip-server/message/serialize.js';
import type {
  HeaderField,
  Hop,
  Listener,
  SipRequest,
} from '../../sip-server/message/sip-message.js';
import { bareHost, parseUri } from '../../sip-server/message/uri.js';
import { AnswerRepeater } from '../../sip-server/transaction/answer-repeater.js';
import type { ServerTransaction } from '../../sip-server/transaction/server-transaction.js';
import type { TimerValues, Timing } from '../../sip-server/transaction/timing.js';
import type {
  ReceivedRequest,
  TransactionLayer,
} from '../../sip-server/transaction/transaction-layer.js';
import { ownContact, ownVia } from '../../sip-server/transport/own-address.js';
import { reasonHeader, type HangupCause } from '../channel/hangup-cause.js';
import { offerOf, refuseBody, refuseExtensions, type Refusal } from './vetting.js';

/** What a dialog does with its session; the channel knows. */
export interface DialogUser {
  /** Answers an offer of the party; undefined: it cannot be met, and nothing changes. */
  offered(sdp: string): string | undefined;
  /** The party wants us to make the offer. */
  asked(): string;
  /** The answer to our offer. */
  settled(sdp: string): void;
  /** The party's BYE or CANCEL, or its ACK never came. Not called for our own BYE. */
  ended(cause: HangupCause): void;
}

export interface DialogSurroundings {
  readonly layer: TransactionLayer;
  readonly timing: Timing;
  readonly timers: TimerValues;
  /** No message of the dialog can come any more that anybody would miss. */
  forget(dialog: CallDialog): void;
}

export const allow: HeaderField = {
  name: 'Allow',
  value: 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE',
};

const sdpType: HeaderField = { name: 'Content-Type', value: 'application/sdp' };

/** One call that we have been invited to (RFC 3261 §12), from its INVITE to the answer of its BYE. */
export class CallDialog {
  readonly callId: string;
  readonly remoteTag: string;
  readonly localTag = newTag();
  readonly source: Hop;
  readonly listener: Listener;
  readonly routeSet: readonly string[];
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly invite: SipRequest;
  remoteTarget: string | undefined;
  readonly #around: DialogSurroundings;
  readonly #opening: ServerTransaction;
  #user: DialogUser | undefined;
  #state: 'early' | 'confirmed' | 'ended' = 'early';
  #remoteSequence: number;
  #localSequence = newCSeq();
  /** Our 2xx that waits for its ACK, and whether its description was an offer. */
  #unacknowledged: { repeater: AnswerRepeater; sequence: number; offered: boolean } | undefined;
  /** A BYE may not overtake the ACK (RFC 3261 §15). */
  #byeAfterAck: HangupCause | undefined;

  constructor(opening: ServerTransaction, received: ReceivedRequest, around: DialogSurroundings) {
    const { message, from, listener } = received;
    this.#around = around;
    this.#opening = opening;
    this.invite = message;
    this.source = from;
    this.listener = listener;
    this.callId = firstHeader(message, 'Call-ID') ?? '';
    this.remoteTag = tagOf(message, 'From') ?? '';
    this.remoteAddress = firstHeader(message, 'From') ?? '';
    this.localAddress = `${firstHeader(message, 'To') ?? ''};tag=${this.localTag}`;
    this.routeSet = (addressesOf(message, 'Record-Route') ?? []).map(stringifyNameAddr);
    this.#remoteSequence = cseqOf(message)?.sequence ?? 0;
    this.#refreshTarget(message);
  }

  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** Whom the dialog tells from now on. */
  attach(user: DialogUser): void {
    this.#user = user;
  }

  /** Answers the INVITE that opened the dialog. */
  accept(sdp: string): void {
    if (this.#state !== 'early') return;
    this.#state = 'confirmed';
    this.#answer(this.#opening, this.invite, sdp, offerOf(this.invite) === undefined);
  }

  /** Refuses the INVITE that opened the dialog, which then never was. */
  refuse(refusal: Refusal): void {
    if (this.#state !== 'early') return;
    this.#respond(this.#opening, this.invite, refusal);
    this.#end();
  }

  /** Ends the call from our side. */
  bye(cause: HangupCause): void {
    if (this.#state === 'early') this.refuse({ status: 487, reason: 'Request Terminated' });
    else if (this.#state === 'confirmed') {
      if (this.#unacknowledged === undefined) this.#sendBye(cause);
      else this.#byeAfterAck = cause;
    }
  }

  /** A request within the dialog, or the CANCEL of its INVITE. */
  receive(transaction: ServerTransaction, { message }: ReceivedRequest): void {
    const sequence = cseqOf(message)?.sequence ?? 0;
    if (sequence < this.#remoteSequence) {
      this.#respond(transaction, message, { status: 500, reason: 'Server Internal Error' });
      return;
    }
    this.#remoteSequence = sequence;
    const refusal = refuseExtensions(message) ?? refuseBody(message);
    if (refusal !== undefined) this.#respond(transaction, message, refusal);
    else if (message.method === 'INVITE') this.#reinvited(transaction, message);
    else if (message.method === 'UPDATE') this.#updated(transaction, message);
    else if (message.method === 'BYE') this.#byeReceived(transaction, message);
    else this.#answerOther(transaction, message);
  }

  cancelled(): void {
    if (this.#state !== 'early') return;
    this.refuse({ status: 487, reason: 'Request Terminated' });
    this.#user?.ended('ORIGINATOR_CANCEL');
  }

  /** An ACK of ours, by its Call-ID and tags. */
  acknowledged({ message }: ReceivedRequest): void {
    const waiting = this.#unacknowledged;
    if (waiting === undefined || cseqOf(message)?.sequence !== waiting.sequence) return;
    waiting.repeater.stop();
    this.#unacknowledged = undefined;
    const sdp = refuseBody(message) === undefined ? offerOf(message) : undefined;
    if (waiting.offered && sdp !== undefined) this.#user?.settled(sdp);
    if (this.#byeAfterAck !== undefined) this.#sendBye(this.#byeAfterAck);
  }

  /** Stops everything that would still happen by itself, and says nothing. */
  abandon(): void {
    this.#end();
  }

  #reinvited(transaction: ServerTransaction, request: SipRequest): void {
    if (this.#unacknowledged !== undefined) {
      // RFC 3261 §14.2: one exchange at a time.
      const headers = [{ name: 'Retry-After', value: '1' }];
      this.#respond(transaction, request, { status: 491, reason: 'Request Pending', headers });
      return;
    }
    const offer = offerOf(request);
    const ours = offer === undefined ? this.#user?.asked() : this.#user?.offered(offer);
    if (ours === undefined) this.#respond(transaction, request, notAcceptable);
    else {
      this.#refreshTarget(request);
      this.#answer(transaction, request, ours, offer === undefined);
    }
  }

  #updated(transaction: ServerTransaction, request: SipRequest): void {
    const offer = offerOf(request);
    const ours = offer === undefined ? '' : this.#user?.offered(offer);
    if (ours === undefined) {
      this.#respond(transaction, request, notAcceptable);
      return;
    }
    this.#refreshTarget(request);
    this.#respond(transaction, request, { status: 200, reason: 'OK' }, ours);
  }

  #byeReceived(transaction: ServerTransaction, request: SipRequest): void {
    this.#respond(transaction, request, { status: 200, reason: 'OK' });
    if (this.#state === 'ended') return;
    this.#end();
    this.#user?.ended('NORMAL_CLEARING');
  }

  #answerOther(transaction: ServerTransaction, request: SipRequest): void {
    const known = request.method === 'OPTIONS';
    const answer = known
      ? { status: 200, reason: 'OK', headers: [allow] }
      : { status: 405, reason: 'Method Not Allowed', headers: [allow] };
    this.#respond(transaction, request, answer);
  }

  /** A 200 to an INVITE, said again until its ACK comes (RFC 3261 §13.3.1.4). */
  #answer(transaction: ServerTransaction, invite: SipRequest, sdp: string, offered: boolean): void {
    const bytes = this.#respond(transaction, invite, { status: 200, reason: 'OK' }, sdp);
    const { timing, timers } = this.#around;
    const repeater = new AnswerRepeater({
      timing,
      timers,
      repeat: () => transaction.repeat(bytes),
      gaveUp: () => this.#neverAcknowledged(),
    });
    const sequence = cseqOf(invite)?.sequence ?? 0;
    this.#unacknowledged = { repeater, sequence, offered };
  }

  #neverAcknowledged(): void {
    this.#unacknowledged = undefined;
    const cause = this.#byeAfterAck ?? 'NORMAL_TEMPORARY_FAILURE';
    this.#sendBye(cause);
    if (this.#byeAfterAck === undefined) this.#user?.ended(cause);
  }

  #respond(
    transaction: ServerTransaction,
    request: SipRequest,
    { status, reason, headers = [] }: Refusal,
    sdp = '',
  ): Buffer {
    const body = Buffer.from(sdp);
    const more: HeaderField[] = [];
    if (status < 300) more.push({ name: 'Contact', value: ownContact(this.listener) }, allow);
    if (sdp !== '') more.push(sdpType);
    const response = responseTo(request, {
      status,
      reason,
      toTag: this.localTag,
      withRecordRoute: status < 300,
      headers: [...more, ...headers.filter((field) => field !== allow || status >= 300)],
      body,
    });
    const bytes = serialize(response);
    transaction.respond(status, bytes);
    return bytes;
  }

  #sendBye(cause: HangupCause): void {
    const via = ownVia(this.listener, newBranch());
    const sequence = (this.#localSequence += 1);
    const headers = [reasonHeader(cause)];
    const parts = { method: 'BYE', sequence, via, headers, body: Buffer.alloc(0) };
    const bye = inDialogRequest(this, parts);
    this.#end(false);
    const over = (): void => this.#around.forget(this);
    const response = ({ status }: { status: number }): void => {
      if (status >= 200) over();
    };
    this.#around.layer.send(bye, this.#nextHop(), { response, timedOut: over, unreachable: over });
  }

  /** The Contact, as long as it is where the INVITE came from: no stranger aims our BYE elsewhere. */
  #nextHop(): Hop {
    const target = parseUri(this.remoteTarget ?? '');
    const { protocol, address } = this.source;
    if (target?.kind !== 'sip' || bareHost(target.host) !== address) return this.source;
    return { protocol, address, port: target.port ?? 5060 };
  }

  #refreshTarget(request: SipRequest): void {
    const contacts = contactsOf(request);
    if (contacts !== undefined && contacts !== '*') {
      this.remoteTarget = contacts[0]?.uri ?? this.remoteTarget;
    }
  }

  #end(forget = true): void {
    this.#state = 'ended';
    this.#unacknowledged?.repeater.stop();
    this.#unacknowledged = undefined;
    if (forget) this.#around.forget(this);
  }
}

const notAcceptable: Refusal = { status: 488, reason: 'Not Acceptable Here' };
