import { newTag, tagFor } from '../../sip-server/message/identifiers.js';
import { firstHeader } from '../../sip-server/message/headers.js';
import { tagOf } from '../../sip-server/message/name-addr.js';
import type { ParseError } from '../../sip-server/message/parse-error.js';
import { responseTo } from '../../sip-server/message/responses.js';
import { serialize } from '../../sip-server/message/serialize.js';
import type { Hop, Listener, SipRequest } from '../../sip-server/message/sip-message.js';
import { responseHop } from '../../sip-server/message/via.js';
import type { ServerTransaction } from '../../sip-server/transaction/server-transaction.js';
import type {
  ReceivedRequest,
  ServerUser,
} from '../../sip-server/transaction/transaction-layer.js';
import type { Transport } from '../../sip-server/transport/transport.js';
import { allow, CallDialog, type DialogSurroundings } from './call-dialog.js';
import { readInvitation, type Invitation, type Refusal, type Trust } from './vetting.js';

/** Who takes the calls that are let in. */
export interface CallTaker {
  /** Whether there is no room for another call. */
  readonly full: boolean;
  take(dialog: CallDialog, invitation: Invitation): void;
}

export interface UserAgentOptions {
  readonly transport: Transport;
  readonly surroundings: () => Omit<DialogSurroundings, 'forget'>;
  readonly calls: CallTaker;
  readonly trust: Trust;
}

const notThere: Refusal = { status: 481, reason: 'Call/Transaction Does Not Exist' };
const full: Refusal = { status: 503, reason: 'Service Unavailable' };

/** A callee (RFC 3261 §8.2) that takes calls of drachtio-fsmrf and nobody else's. */
export class UserAgentServer implements ServerUser {
  readonly #options: UserAgentOptions;
  readonly #dialogs = new Map<string, CallDialog>();

  constructor(options: UserAgentOptions) {
    this.#options = options;
  }

  request(transaction: ServerTransaction, received: ReceivedRequest): void {
    const { message } = received;
    const dialog = this.#dialogOf(message);
    if (tagOf(message, 'To') !== undefined) {
      if (dialog === undefined) answer(transaction, message, notThere);
      else dialog.receive(transaction, received);
    } else if (message.method !== 'INVITE') {
      answer(transaction, message, outsideDialog(message));
    } else if (dialog !== undefined) {
      // RFC 3261 §8.2.2.2: the same INVITE by another way.
      answer(transaction, message, { status: 482, reason: 'Loop Detected' });
    } else {
      this.#invited(transaction, received);
    }
  }

  /** What nobody needs to remember is answered and forgotten (RFC 3261 §8.2.7). */
  dismissed({ message, from, listener }: ReceivedRequest): boolean {
    if (message.method === 'INVITE' || message.method === 'CANCEL') return false;
    if (this.#dialogOf(message) !== undefined) return false;
    const known = tagOf(message, 'To') !== undefined;
    const refusal = known ? notThere : outsideDialog(message);
    const seed = ['Via', 'Call-ID', 'CSeq'].map((name) => firstHeader(message, name)).join();
    this.#sendStateless(message, refusal, tagFor(seed), from, listener);
    return true;
  }

  cancel(
    transaction: ServerTransaction,
    { message }: ReceivedRequest,
    invite: ServerTransaction | undefined,
  ): void {
    answer(transaction, message, invite === undefined ? notThere : { status: 200, reason: 'OK' });
    if (invite !== undefined) this.#dialogOf(message)?.cancelled();
  }

  ack(received: ReceivedRequest): void {
    this.#dialogOf(received.message)?.acknowledged(received);
  }

  goesFirst(request: SipRequest): boolean {
    return request.method === 'CANCEL' || this.#dialogOf(request) !== undefined;
  }

  overloaded({ message, from, listener }: ReceivedRequest): void {
    this.#sendStateless(message, full, newTag(), from, listener);
  }

  /** RFC 3261 §21.4.1. */
  unparsable({ answerable, status, detail }: ParseError, from: Hop, listener: Listener): void {
    if (answerable === undefined) return;
    this.#sendStateless(answerable, { status, reason: detail }, newTag(), from, listener);
  }

  /** Forgets every dialog and says nothing to anybody. */
  close(): void {
    for (const dialog of [...this.#dialogs.values()]) dialog.abandon();
  }

  #invited(transaction: ServerTransaction, received: ReceivedRequest): void {
    const { calls, surroundings, trust } = this.#options;
    const invitation = readInvitation(received.message, trust);
    if ('status' in invitation) answer(transaction, received.message, invitation);
    else if (calls.full) answer(transaction, received.message, full);
    else {
      const dialog = new CallDialog(transaction, received, {
        ...surroundings(),
        forget: (gone) => this.#dialogs.delete(keyOf(gone.callId, gone.remoteTag)),
      });
      this.#dialogs.set(keyOf(dialog.callId, dialog.remoteTag), dialog);
      calls.take(dialog, invitation);
    }
  }

  #dialogOf(request: SipRequest): CallDialog | undefined {
    const callId = firstHeader(request, 'Call-ID') ?? '';
    const dialog = this.#dialogs.get(keyOf(callId, tagOf(request, 'From') ?? ''));
    const toTag = tagOf(request, 'To');
    return toTag === undefined || toTag === dialog?.localTag ? dialog : undefined;
  }

  #sendStateless(
    request: SipRequest,
    { status, reason, headers = [] }: Refusal,
    toTag: string,
    from: Hop,
    listener: Listener,
  ): void {
    const bytes = serialize(responseTo(request, { status, reason, toTag, headers }));
    this.#options.transport.send(bytes, responseHop(from), () => undefined, { listener });
  }
}

function keyOf(callId: string, remoteTag: string): string {
  return `${callId}|${remoteTag}`;
}

function outsideDialog({ method }: SipRequest): Refusal {
  if (method === 'OPTIONS') return { status: 200, reason: 'OK', headers: [allow] };
  if (method === 'BYE' || method === 'UPDATE') return notThere;
  return { status: 405, reason: 'Method Not Allowed', headers: [allow] };
}

function answer(transaction: ServerTransaction, request: SipRequest, refusal: Refusal): void {
  const { status, reason, headers = [] } = refusal;
  const response = responseTo(request, { status, reason, toTag: newTag(), headers });
  transaction.respond(status, serialize(response));
}
