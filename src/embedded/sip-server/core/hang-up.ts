import type { Dialog } from '../dialog/dialog.js';
import type { ClientUser } from '../transaction/client-transaction.js';
import { unsolicitedMeta } from '../wire/meta.js';
import { recordEnd } from './call-records.js';
import { composeInDialog } from './send-in-dialog.js';
import type { CoreState } from './state.js';
import { TargetedRequest } from './targeted-request.js';

/** For requests whose answer changes nothing. */
export const indifferent: ClientUser = {
  response: () => undefined,
  timedOut: () => undefined,
  unreachable: () => undefined,
};

/** Why the engine ended a dialog by itself, in the words of the real server. */
export type HangUpCause =
  | 'ACK timeout'
  | 'ACK-BYE due to cancel race condition'
  | 'No Contact in 200 OK'
  | 'Session timer expired';

/** Ends a dialog on the engine's own account and tells its application so. */
export function hangUp(state: CoreState, dialog: Dialog, cause: HangUpCause): void {
  if (dialog.state === 'ended') return;
  dialog.ongoing.inviteIn?.terminate();
  dialog.ongoing.inviteOut?.();
  state.dialogs.remove(dialog);
  const reason = { name: 'Reason', value: `SIP ;cause=200 ;text="${cause}"` };
  composeInDialog(state, dialog, { method: 'BYE', headers: [reason] }, (bye, targets) => {
    const targeted = new TargetedRequest(state, bye, targets);
    const { bytes, hop = dialog.source } = targeted;
    targeted.send(indifferent);
    dialog.app.deliver(unsolicitedMeta(bytes.length, hop, dialog.id), bytes);
    const expired = cause === 'Session timer expired';
    const why = expired ? 'session-expired' : 'system-initiated-termination';
    recordEnd(state, dialog, 'application', bye, why);
  });
}
