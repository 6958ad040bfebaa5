import { newTag } from '../message/identifiers.js';
import { serialize } from '../message/serialize.js';
import type { SipRequest } from '../message/sip-message.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { ReceivedRequest } from '../transaction/transaction-layer.js';
import { networkMeta } from '../wire/meta.js';
import { deliverNewRequest } from './deliver.js';
import { refuseUnanswered } from './inbound.js';
import { answerByOurselves } from './refuse.js';
import type { CoreState, Inbound } from './state.js';

/**
 * RFC 3261 §9.2: 200 to the CANCEL of a transaction that exists, even if its INVITE is answered
 * already; then the ACK and the BYE of the caller end the call.
 */
export function takeCancel(
  state: CoreState,
  transaction: ServerTransaction,
  received: ReceivedRequest,
  invite: ServerTransaction | undefined,
): void {
  const inbound = invite && state.byTransaction.get(invite);
  // RFC 3261 §9.2: one To tag in the answers to the CANCEL and to its INVITE.
  if (inbound) inbound.localTag ??= newTag();
  const status = invite === undefined ? 481 : 200;
  answerByOurselves(transaction, received.message, status, [], inbound?.localTag);
  if (inbound) cancelUnanswered(state, inbound, received.message, received);
  else if (invite) state.proxied.get(invite)?.cancel();
}

/** Answers the INVITE with 487 and tells its application why. */
export function cancelUnanswered(
  state: CoreState,
  inbound: Inbound,
  cancel: SipRequest,
  received: ReceivedRequest,
): void {
  const dialogId = (inbound.within ?? inbound.formed)?.id;
  refuseUnanswered(state, inbound, 487);
  if (dialogId === undefined) {
    deliverNewRequest(inbound.app, received, inbound.transactionId, cancel);
    return;
  }
  const sip = serialize(cancel);
  const meta = networkMeta(sip.length, received.from, inbound.transactionId, dialogId);
  const deliver = (): void => inbound.app.deliver(meta, sip);
  // The INVITE may still be in the mailbox of its dialog.
  if (inbound.within) inbound.within.mailbox.post(deliver);
  else deliver();
}
