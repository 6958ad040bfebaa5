import type { Dialog } from '../dialog/dialog.js';
import { mostForks } from '../dialog/early-dialogs.js';
import { cseqOf, parseRSeq } from '../message/cseq.js';
import { firstHeader } from '../message/headers.js';
import { contactsOf, tagOf } from '../message/name-addr.js';
import { serialize } from '../message/serialize.js';
import type { HeaderField, Hop, SipRequest, SipResponse } from '../message/sip-message.js';
import type { Cancel } from '../transaction/timing.js';
import { keep } from '../transaction/keep.js';
import type { ClientUser } from '../transaction/client-transaction.js';
import type { Received } from '../transport/transport.js';
import { plainAppHeaders, impliedContentType } from './app-headers.js';
import { recordAnswer } from './call-records.js';
import { deliverFabricated, deliverResponse } from './deliver.js';
import { hangUp, indifferent, type HangUpCause } from './hang-up.js';
import { composeInDialog } from './send-in-dialog.js';
import { restartSessionTimer } from './session.js';
import type { Cancellable, CoreState } from './state.js';
import { TargetedRequest } from './targeted-request.js';

interface Acknowledged {
  /** Undefined until the application has acknowledged. */
  ack: { bytes: Buffer; hop: Hop } | undefined;
}

/** An INVITE of an application, to open a dialog or inside one (RFC 3261 §13.2 and §14.1). */
export class OutboundInvite implements ClientUser, Cancellable {
  readonly #state: CoreState;
  readonly #dialog: Dialog;
  /** Let go of with the final response. */
  #request: SipRequest | undefined;
  readonly #sequence: number | undefined;
  readonly #credentials: readonly HeaderField[];
  readonly #transactionId: string;
  /** Whether the dialog stands or falls with this INVITE. */
  readonly #opening: boolean;
  #targeted: TargetedRequest | undefined;
  #cancelled = false;
  /** Timer C. */
  #stopRinging: Cancel | undefined;
  /** The 2xx says nowhere to send the requests of its dialog (RFC 3261 §12.1.1 asks for it). */
  #nowhere = false;
  /** The answers by To tag; a forked INVITE can have several (RFC 3261 §13.2.2.4). */
  readonly #answers = new Map<string, Acknowledged>();
  /** The last reliable provisional response seen from each callee. */
  readonly #rseqs = new Map<string, number>();

  constructor(
    state: CoreState,
    dialog: Dialog,
    request: SipRequest,
    transactionId: string,
    opening: boolean,
  ) {
    this.#state = state;
    this.#dialog = dialog;
    this.#request = request;
    this.#sequence = cseqOf(request)?.sequence;
    this.#credentials = credentialsOf(request);
    this.#transactionId = transactionId;
    this.#opening = opening;
  }

  get app(): Dialog['app'] {
    return this.#dialog.app;
  }

  get hop(): Hop {
    return this.#targeted?.hop ?? this.#dialog.source;
  }

  send(targeted: TargetedRequest): void {
    this.#state.outbound.set(this.#transactionId, this);
    this.#dialog.ongoing.inviteOut = () => void this.cancel([]);
    this.#targeted = targeted;
    targeted.send(this);
  }

  cancel(extra: readonly HeaderField[]): SipRequest | undefined {
    this.#cancelled = true;
    return this.#targeted?.cancel(extra);
  }

  response(response: SipResponse, received: Received): void {
    if (response.status < 200) this.#provisional(response, received);
    else if (response.status < 300) this.#success(response, received);
    else {
      this.#settle();
      this.#deliver(response, received);
      this.#record(response);
      if (this.#opening) this.#state.dialogs.remove(this.#dialog);
    }
  }

  timedOut(): void {
    this.#fail(408);
  }

  unreachable(): void {
    this.#fail(503);
  }

  /** The application's ACK to the 2xx; kept, because the 2xx comes again if it gets lost. */
  acknowledge(sketch: SipRequest, sent: (bytes: Buffer, hop: Hop) => void): void {
    const listener = this.#state.transport.listenerFor(this.hop);
    const headers = listener ? plainAppHeaders(sketch, listener) : [];
    for (const field of this.#credentials) {
      if (!headers.some(({ name }) => name === field.name)) headers.push(field);
    }
    const type = impliedContentType(sketch.body, headers);
    if (typeof type === 'object') headers.push(type);
    if (sketch.body.length > 0) this.#dialog.localSession = keep(sketch.body);
    this.#dialog.awaitsAck = undefined;
    this.#sendAck(this.#dialog, { headers, body: sketch.body }, (bytes, hop) => {
      sent(bytes, hop);
      if (this.#hangUpCause) hangUp(this.#state, this.#dialog, this.#hangUpCause);
    });
  }

  forsake(): void {
    this.#sendAck(this.#dialog, {}, () => undefined);
  }

  /** Why the call that was answered is ended again as soon as the application has its dialog. */
  get #hangUpCause(): HangUpCause | undefined {
    if (!this.#opening) return undefined;
    // The application had given up when the answer crossed its CANCEL.
    if (this.#cancelled) return 'ACK-BYE due to cancel race condition';
    return this.#nowhere ? 'No Contact in 200 OK' : undefined;
  }

  #provisional(response: SipResponse, received: Received): void {
    this.#ringOn(response.status);
    if (response.status === 100 || this.#seenBefore(response)) return;
    if (this.#opening && tagOf(response, 'To') !== undefined) {
      this.#dialog.learnFromResponse(response, received.from);
      this.#noteEarly(response, received);
    }
    // RFC 6141 §4: a reliable answer to a re-INVITE moves the peer, whatever comes of the rest.
    if (!this.#opening && firstHeader(response, 'RSeq') !== undefined) {
      this.#dialog.refreshTarget(response);
    }
    this.#deliver(response, received);
  }

  /** RFC 3262 §4: the PRACK belongs to the early dialog of this callee, whoever rings next. */
  #noteEarly(response: SipResponse, received: Received): void {
    const rseq = parseRSeq(firstHeader(response, 'RSeq') ?? '');
    if (rseq === undefined) return;
    const { timing } = this.#state;
    this.#dialog.early.note(rseq, this.#dialog.sibling(response, received.from, timing));
  }

  /** RFC 3261 §16.6 step 11 and §16.8: an INVITE that only ever rings is given up. */
  #ringOn(status: number): void {
    if (this.#request === undefined || (this.#stopRinging && status === 100)) return;
    const { timing, settings } = this.#state;
    this.#stopRinging?.();
    this.#stopRinging = timing.after(settings.ringingMs, () => void this.#targeted?.cancel());
  }

  /** RFC 3262 §4: repeated and out-of-order reliable responses are dropped. */
  #seenBefore(response: SipResponse): boolean {
    const rseq = parseRSeq(firstHeader(response, 'RSeq') ?? '');
    if (rseq === undefined) return false;
    const tag = tagOf(response, 'To') ?? '';
    const last = this.#rseqs.get(tag);
    if (last !== undefined && rseq !== last + 1) return true;
    if (last === undefined && this.#rseqs.size >= mostForks) return true;
    this.#rseqs.set(tag, rseq);
    return false;
  }

  #success(response: SipResponse, received: Received): void {
    const tag = tagOf(response, 'To') ?? '';
    const known = this.#answers.get(tag);
    if (known) {
      if (known.ack) this.#transmit(known.ack);
      return;
    }
    if (this.#answers.size >= mostForks) return;
    this.#answers.set(tag, { ack: undefined });
    const { app, state } = this.#dialog;
    if (this.#answers.size > 1 || !app.connected) {
      this.#release(response, received);
    } else if (this.#opening && state === 'ended') {
      this.#release(response, received);
      this.#deliverOwn(487);
    } else {
      this.#confirm(response, received);
      this.#deliver(response, received);
      this.#record(response);
    }
    this.#settle();
  }

  #confirm(response: SipResponse, received: Received): void {
    const dialog = this.#dialog;
    if (this.#opening) {
      dialog.learnFromResponse(response, received.from);
      dialog.stayWith(this.#targeted?.target);
    } else dialog.refreshTarget(response);
    if (dialog.state === 'ended') {
      // The re-INVITE was answered while a BYE ended the dialog; nobody else acknowledges that.
      this.forsake();
      return;
    }
    dialog.awaitsAck = this;
    const contacts = contactsOf(response);
    this.#nowhere = contacts === undefined || contacts === '*' || contacts.length === 0;
    const offered = this.#request?.body;
    if (offered && offered.length > 0) dialog.localSession = keep(offered);
    dialog.state = 'confirmed';
    if (this.#opening) dialog.mailbox.holdFor(this.#state.settings.settleMs);
    restartSessionTimer(this.#state, dialog, response, 'uac');
  }

  /** An answer nobody wants: a second one of a forked INVITE, or one whose application has gone. */
  #release(response: SipResponse, received: Received): void {
    const stray = this.#dialog.sibling(response, received.from, this.#state.timing);
    this.#sendAck(stray, {}, () => {
      composeInDialog(this.#state, stray, { method: 'BYE' }, (bye, targets) => {
        new TargetedRequest(this.#state, bye, targets).send(indifferent);
      });
    });
  }

  #sendAck(
    dialog: Dialog,
    parts: { headers?: readonly HeaderField[]; body?: Buffer },
    sent: (bytes: Buffer, hop: Hop) => void,
  ): void {
    const sequence = this.#sequence;
    composeInDialog(this.#state, dialog, { method: 'ACK', sequence, ...parts }, (ack, [hop]) => {
      const answer = this.#answers.get(dialog.remoteTag ?? '');
      const kept = { bytes: keep(serialize(ack)), hop: hop ?? dialog.source };
      if (answer) answer.ack = kept;
      this.#transmit(kept);
      sent(kept.bytes, kept.hop);
    });
  }

  #transmit({ bytes, hop }: { bytes: Buffer; hop: Hop }): void {
    this.#state.transport.send(bytes, hop, () => undefined);
  }

  #deliver(response: SipResponse, received: Received): void {
    const { app, id } = this.#dialog;
    deliverResponse(app, response, received, this.#transactionId, id);
  }

  #deliverOwn(status: 408 | 487 | 503): void {
    const { app, id } = this.#dialog;
    if (this.#request === undefined) return;
    this.#record(deliverFabricated(app, this.#request, status, this.#transactionId, id));
  }

  /** A re-INVITE neither begins a call nor ends one. */
  #record(answer: SipResponse): void {
    if (this.#opening) recordAnswer(this.#state, 'network', answer, 'uac');
  }

  #fail(status: 408 | 503): void {
    this.#deliverOwn(status);
    this.#settle();
    if (this.#opening) this.#state.dialogs.remove(this.#dialog);
  }

  /** The final response is here: there is nothing left to cancel. */
  #settle(): void {
    if (this.#request === undefined) return;
    this.#request = undefined;
    this.#stopRinging?.();
    this.#dialog.early.clear();
    this.#state.outbound.delete(this.#transactionId);
    this.#dialog.ongoing.inviteOut = undefined;
  }
}

/** RFC 3261 §13.2.2.4: the ACK carries the credentials of its INVITE. */
function credentialsOf(invite: SipRequest): HeaderField[] {
  return invite.headers.filter(
    ({ name }) => name === 'Authorization' || name === 'Proxy-Authorization',
  );
}
