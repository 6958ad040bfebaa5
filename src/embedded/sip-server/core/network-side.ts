import { newTag, tagFor } from '../message/identifiers.js';
import { firstHeader } from '../message/headers.js';
import { serialize } from '../message/serialize.js';
import { tagOf } from '../message/name-addr.js';
import type { Hop, Listener, SipRequest } from '../message/sip-message.js';
import { responseHop } from '../message/via.js';
import type { ParseError } from '../message/parse-error.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { ReceivedRequest, ServerUser } from '../transaction/transaction-layer.js';
import { takeAck } from './ack.js';
import { recordRefusal } from './call-records.js';
import { takeCancel } from './cancel.js';
import { takeDialogRequest } from './dialog-request.js';
import { takeNewRequest } from './new-request.js';
import { passThrough } from './proxy/pass-through.js';
import { answerByOurselves } from './refuse.js';
import { reasons, responseTo } from '../message/responses.js';
import type { CoreState } from './state.js';
import { comeBackLater, refusalAtOnce, refusalUnasked } from './refusal-unasked.js';

/** The user agent core (RFC 3261 §8) as the network sees it. */
export class NetworkSide implements ServerUser {
  readonly #stateOf: () => CoreState;

  /** The transactions report here and are part of the state, so it is asked for when needed. */
  constructor(stateOf: () => CoreState) {
    this.#stateOf = stateOf;
  }

  get #state(): CoreState {
    return this.#stateOf();
  }

  request(transaction: ServerTransaction, received: ReceivedRequest): void {
    const request = received.message;
    const refusal = refusalUnasked(this.#state, request);
    const dialog = this.#state.dialogs.of(request);
    if (refusal) {
      const { status, headers } = refusal;
      const answer = answerByOurselves(transaction, request, status, headers);
      if (request.method === 'INVITE' && !dialog) recordRefusal(this.#state, request, answer);
      return;
    }
    const passage = dialog ? undefined : this.#state.proxiedCalls.passageOf(request);
    if (dialog) takeDialogRequest(this.#state, dialog, transaction, received);
    else if (passage) passThrough(this.#state, passage, transaction, received);
    else takeNewRequest(this.#state, transaction, received);
  }

  dismissed({ message, from, listener }: ReceivedRequest): boolean {
    const refusal = refusalAtOnce(this.#state, message);
    if (refusal === undefined) return false;
    const { status, headers = [] } = refusal;
    const toTag = tagFor(['Via', 'Call-ID', 'CSeq'].map((n) => firstHeader(message, n)).join());
    const response = responseTo(message, { status, reason: reasons[status], toTag, headers });
    this.#sendStateless(serialize(response), from, listener);
    return true;
  }

  cancel(
    transaction: ServerTransaction,
    received: ReceivedRequest,
    invite: ServerTransaction | undefined,
  ): void {
    takeCancel(this.#state, transaction, received, invite);
  }

  ack(received: ReceivedRequest): void {
    takeAck(this.#state, received);
  }

  goesFirst(request: SipRequest): boolean {
    const { admission, dialogs, proxiedCalls } = this.#state;
    if (request.method === 'CANCEL' || admission.mayBeUrgent(request)) return true;
    if (tagOf(request, 'To') === undefined) return false;
    return (dialogs.of(request) ?? proxiedCalls.passageOf(request)) !== undefined;
  }

  overloaded({ message, from, listener }: ReceivedRequest): void {
    const headers = [comeBackLater(this.#state)];
    const parts = { status: 503, reason: reasons[503], toTag: newTag(), headers };
    this.#state.admission.full();
    this.#sendStateless(serialize(responseTo(message, parts)), from, listener);
  }

  /** RFC 3261 §21.4.1: what cannot be understood is refused without keeping anything. */
  unparsable(error: ParseError, from: Hop, listener: Listener): void {
    if (error.answerable === undefined) return;
    const { status, detail } = error;
    const response = responseTo(error.answerable, { status, reason: detail, toTag: newTag() });
    this.#sendStateless(serialize(response), from, listener);
  }

  #sendStateless(bytes: Buffer, from: Hop, listener: Listener): void {
    this.#state.transport.send(bytes, responseHop(from), () => undefined, { listener });
  }
}
