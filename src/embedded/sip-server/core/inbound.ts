import { dialogIdOf, type Dialog, type InviteToAnswer } from '../dialog/dialog.js';
import { newUuid } from '../message/identifiers.js';
import { cseqOf } from '../message/cseq.js';
import { firstHeader } from '../message/headers.js';
import { tagOf } from '../message/name-addr.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { ReceivedRequest } from '../transaction/transaction-layer.js';
import type { App } from '../wire/app.js';
import { recordAnswer, recordCancelled } from './call-records.js';
import { answerByOurselves } from './refuse.js';
import type { CoreState, Inbound } from './state.js';

/** Notes a request that an application is going to answer. */
export function expectAnswer(
  state: CoreState,
  app: App,
  transaction: ServerTransaction,
  received: ReceivedRequest,
  within?: Dialog,
): Inbound {
  const inbound: Inbound = {
    transactionId: newUuid(),
    transaction,
    received,
    app,
    within,
    formed: undefined,
    localTag: undefined,
    reliable: undefined,
    stopWaiting: () => undefined,
  };
  inbound.stopWaiting = state.timing.after(waitFor(state, inbound), () => {
    giveUpOn(state, inbound);
  });
  state.unanswered.set(inbound.transactionId, inbound);
  state.byTransaction.set(transaction, inbound);
  if (opensCall(inbound)) {
    state.openings.set(openingId(inbound), inbound);
  }
  return inbound;
}

/** Whether it would open a call; a re-INVITE does not. */
export function opensCall({ transaction, within }: Inbound): boolean {
  return transaction.method === 'INVITE' && within === undefined;
}

/** The id of the dialog that a request would open. */
export function openingId({ received }: Pick<Inbound, 'received'>): string {
  const callId = firstHeader(received.message, 'Call-ID') ?? '';
  return dialogIdOf(callId, tagOf(received.message, 'From') ?? '');
}

/** An INVITE may ring for minutes, but the first sign of life must come in time. */
function waitFor(state: CoreState, { transaction }: Inbound): number {
  return transaction.method === 'INVITE' ? state.settings.unansweredMs : 64 * state.timers.t1;
}

/** Nothing more is expected of the application for this request. */
export function settle(state: CoreState, inbound: Inbound): void {
  inbound.stopWaiting();
  state.unanswered.delete(inbound.transactionId);
  state.byTransaction.delete(inbound.transaction);
  inbound.reliable?.stop();
  const { within, transaction } = inbound;
  if (within === undefined) {
    if (transaction.method === 'INVITE') state.openings.delete(openingId(inbound));
    return;
  }
  if (transaction.method === 'INVITE') within.ongoing.inviteIn = undefined;
  if (transaction.method === 'UPDATE') within.ongoing.updateIn = false;
}

/** Ends an unanswered request by the engine's own decision. */
export function refuseUnanswered(
  state: CoreState,
  inbound: Inbound,
  status: 408 | 481 | 487 | 503 | 504,
): void {
  settle(state, inbound);
  if (inbound.formed) state.dialogs.remove(inbound.formed);
  const { transaction, received, localTag } = inbound;
  const answer = answerByOurselves(transaction, received.message, status, [], localTag);
  if (!opensCall(inbound)) return;
  if (status === 487) recordCancelled(state, received.message);
  else recordAnswer(state, 'application', answer, 'uas');
}

/**
 * The application never answered. The caller of an INVITE is still waiting; to any other request
 * a late answer would only add to the noise (RFC 4320 §4.2).
 */
export function giveUpOn(state: CoreState, inbound: Inbound): void {
  if (inbound.transaction.method === 'INVITE') refuseUnanswered(state, inbound, 504);
  else {
    settle(state, inbound);
    inbound.transaction.abandon();
  }
}

/** How a dialog sees the INVITE of its peer that waits for an answer. */
export function inviteToAnswer(state: CoreState, inbound: Inbound): InviteToAnswer {
  return {
    terminate: () => refuseUnanswered(state, inbound, 487),
    // RFC 3262 §3: RSeq, CSeq and method must all be those of the response.
    acknowledge: ({ rseq, sequence, method }) =>
      method === 'INVITE' &&
      sequence === cseqOf(inbound.received.message)?.sequence &&
      inbound.reliable?.acknowledge(rseq) === true,
    proceed: () => inbound.reliable?.proceed(),
  };
}
