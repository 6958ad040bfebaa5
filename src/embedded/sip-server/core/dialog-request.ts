import type { Dialog } from '../dialog/dialog.js';
import { cseqOf, parseRAck } from '../message/cseq.js';
import { firstHeader } from '../message/headers.js';
import { tagOf } from '../message/name-addr.js';
import type { SipRequest } from '../message/sip-message.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { ReceivedRequest } from '../transaction/transaction-layer.js';
import { deliverInDialog } from './deliver.js';
import { recordEnd } from './call-records.js';
import { cancelUnanswered } from './cancel.js';
import { expectAnswer, inviteToAnswer } from './inbound.js';
import { answerByOurselves, retryAfter } from './refuse.js';
import type { CoreState, Inbound } from './state.js';
import { takeNotify } from './subscribed.js';
import { refuseShortSession, type Refusal } from './vetting.js';

/** A request inside a dialog: to the application that owns it, unless it comes out of turn. */
export function takeDialogRequest(
  state: CoreState,
  dialog: Dialog,
  transaction: ServerTransaction,
  received: ReceivedRequest,
): void {
  const request = received.message;
  if (request.method === 'INVITE') answerByOurselves(transaction, request, 100);
  if (request.method === 'BYE' && dialog.state === 'early') {
    endEarly(state, dialog, transaction, received);
    return;
  }
  const refusal = refusalOf(state, dialog, request);
  if (refusal) {
    answerByOurselves(transaction, request, refusal.status, refusal.headers);
    return;
  }
  dialog.source = received.from;
  const inbound = expectAnswer(state, dialog.app, transaction, received, dialog);
  note(state, dialog, inbound);
  dialog.mailbox.post(() => {
    deliverInDialog(dialog, received, inbound.transactionId);
  });
  if (request.method === 'BYE') recordEnd(state, dialog, 'network', request);
  if (request.method === 'PRACK') dialog.ongoing.inviteIn?.proceed();
}

/**
 * RFC 3261 §15: a caller may end an early dialog by BYE. To the application this is a CANCEL; it
 * has no dialog yet that could take a BYE.
 */
function endEarly(
  state: CoreState,
  dialog: Dialog,
  transaction: ServerTransaction,
  received: ReceivedRequest,
): void {
  const invite = state.openings.get(dialog.id);
  const known = dialog.role === 'uas' && invite !== undefined;
  answerByOurselves(transaction, received.message, known ? 200 : 481);
  if (known) cancelUnanswered(state, invite, { ...received.message, method: 'CANCEL' }, received);
}

function note(state: CoreState, dialog: Dialog, inbound: Inbound): void {
  const { method } = inbound.transaction;
  if (method === 'INVITE') dialog.ongoing.inviteIn = inviteToAnswer(state, inbound);
  if (method === 'UPDATE') dialog.ongoing.updateIn = true;
  if (method === 'NOTIFY') takeNotify(state, dialog, inbound.received.message);
  if (method !== 'BYE') return;
  // RFC 3261 §15.1.2: a BYE also ends whatever INVITE of its dialog is still unanswered.
  dialog.ongoing.inviteIn?.terminate();
  dialog.ongoing.inviteOut?.();
  state.dialogs.remove(dialog);
}

function refusalOf(state: CoreState, dialog: Dialog, request: SipRequest): Refusal | undefined {
  const sequence = cseqOf(request)?.sequence ?? 0;
  if (!dialog.acceptSequence(sequence, tagOf(request, 'From')))
    return { status: 500, headers: [retryAfter()] };
  switch (request.method) {
    case 'INVITE':
      return refuseInvite(dialog) ?? refuseShortSession(request, state.settings.minSessionSeconds);
    case 'UPDATE':
      return (
        refuseUpdate(dialog, request) ??
        refuseShortSession(request, state.settings.minSessionSeconds)
      );
    case 'PRACK':
      return refusePrack(dialog, request);
    default:
      return undefined;
  }
}

/** RFC 3261 §14.2: one INVITE at a time, whoever sends it. */
function refuseInvite(dialog: Dialog): Refusal | undefined {
  // RFC 3311 §5.1: an UPDATE of ours whose offer is open is glare as well.
  if (dialog.ongoing.inviteOut || dialog.ongoing.updateOut) return { status: 491 };
  if (dialog.state !== 'confirmed' || dialog.ongoing.inviteIn) {
    return { status: 500, headers: [retryAfter()] };
  }
  // Our 2xx still waits for its ACK: the offer of before is not settled (RFC 5407 §3.1.4).
  return dialog.unacknowledged.size > 0 ? { status: 491 } : undefined;
}

/** RFC 3311 §5.2. */
function refuseUpdate(dialog: Dialog, request: SipRequest): Refusal | undefined {
  const { updateIn, updateOut, inviteIn, inviteOut } = dialog.ongoing;
  if (updateIn) return { status: 500, headers: [retryAfter()] };
  if (request.body.length === 0) return undefined;
  if (updateOut || (inviteOut && dialog.state === 'confirmed')) return { status: 491 };
  return inviteIn && dialog.state === 'confirmed'
    ? { status: 500, headers: [retryAfter()] }
    : undefined;
}

/** RFC 3262 §3: a PRACK must acknowledge a response that waits for it. */
function refusePrack(dialog: Dialog, request: SipRequest): Refusal | undefined {
  const rack = parseRAck(firstHeader(request, 'RAck') ?? '');
  if (rack === undefined) return { status: 400 };
  return dialog.ongoing.inviteIn?.acknowledge(rack) === true ? undefined : { status: 481 };
}
