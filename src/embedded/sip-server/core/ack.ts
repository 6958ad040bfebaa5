import { cseqOf } from '../message/cseq.js';
import type { ReceivedRequest } from '../transaction/transaction-layer.js';
import { deliverInDialog } from './deliver.js';
import { passAck } from './proxy/pass-through.js';
import type { CoreState } from './state.js';

/**
 * An ACK to a 2xx: it ends the repetitions and goes to the application once, because with a
 * delayed offer it carries the answer. Any other ACK is dropped (RFC 3261 §17.2.3).
 */
export function takeAck(state: CoreState, received: ReceivedRequest): void {
  const dialog = state.dialogs.of(received.message);
  const sequence = cseqOf(received.message)?.sequence;
  if (dialog === undefined) {
    const passage = state.proxiedCalls.passageOf(received.message);
    if (passage) passAck(state, passage, received);
    return;
  }
  if (sequence === undefined) return;
  const answer = dialog.unacknowledged.get(sequence);
  if (answer === undefined) return;
  answer.repeater.stop();
  dialog.unacknowledged.delete(sequence);
  dialog.source = received.from;
  deliverInDialog(dialog, received, answer.transactionId);
  for (const send of dialog.afterAck.splice(0)) send();
}
