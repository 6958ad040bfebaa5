import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { ReceivedRequest } from '../transaction/transaction-layer.js';
import { recordAttempt, recordRefusal } from './call-records.js';
import { deliverNewRequest } from './deliver.js';
import { expectAnswer, openingId } from './inbound.js';
import { takeAsInstructed } from './instructed-request.js';
import { answerByOurselves } from './refuse.js';
import type { CoreState } from './state.js';
import { refuseShortSession, type Refusal } from './vetting.js';

/** A request outside any dialog: to the application whose turn it is, or answered here. */
export function takeNewRequest(
  state: CoreState,
  transaction: ServerTransaction,
  received: ReceivedRequest,
): void {
  const request = received.message;
  const isInvite = request.method === 'INVITE';
  if (isInvite) answerByOurselves(transaction, request, 100);
  const refusal = refusalOf(state, received);
  const handled = state.requestHandling?.handlers.covers(request.method) === true;
  if (handled && refusal === undefined) {
    takeAsInstructed(state, transaction, received);
    return;
  }
  const app = refusal ? undefined : state.routes.next(request.method);
  if (app === undefined) {
    const { status, headers } = refusal ?? { status: 503 };
    const answer = answerByOurselves(transaction, request, status, headers);
    if (isInvite) recordRefusal(state, request, answer);
    return;
  }
  const { transactionId } = expectAnswer(state, app, transaction, received);
  deliverNewRequest(app, received, transactionId);
  if (isInvite) recordAttempt(state, 'network', request);
}

function refusalOf(state: CoreState, received: ReceivedRequest): Refusal | undefined {
  const request = received.message;
  if (request.method !== 'INVITE') return undefined;
  if (isMerged(state, received)) return { status: 482 };
  return refuseShortSession(request, state.settings.minSessionSeconds);
}

/**
 * RFC 3261 §8.2.2.2: the same request by two ways, or a stranger who repeats the Call-ID and tag
 * of a call that is up. Both would be taken for one dialog by the application.
 */
function isMerged(state: CoreState, received: ReceivedRequest): boolean {
  const id = openingId({ received });
  return state.dialogs.get(id) !== undefined || state.openings.has(id);
}
