import type { Dialog } from '../dialog/dialog.js';
import { endsSubscription, expiryIn } from '../dialog/subscription.js';
import { firstHeader } from '../message/headers.js';
import type { SipRequest, SipResponse } from '../message/sip-message.js';
import { parseSeconds } from '../message/tokens.js';
import type { CoreState } from './state.js';

/** Most event packages use an hour when nobody says anything (RFC 6665 §4.4.1 leaves it to them). */
const defaultSeconds = 3_600;

/** A SUBSCRIBE has its 2xx: the subscription now lasts as long as that says (RFC 6665 §4.1.2.1). */
export function restartSubscription(
  state: CoreState,
  dialog: Dialog,
  response: SipResponse,
  subscribe: SipRequest,
): void {
  const stated = firstHeader(response, 'Expires') ?? firstHeader(subscribe, 'Expires') ?? '';
  expireIn(state, dialog, parseSeconds(stated) ?? defaultSeconds);
}

/** A NOTIFY of either side: it ends the subscription, or says how long that still lasts. */
export function takeNotify(state: CoreState, dialog: Dialog, notify: SipRequest): void {
  if (endsSubscription(dialog, notify)) state.dialogs.remove(dialog);
  else {
    const seconds = expiryIn(notify);
    if (seconds !== undefined) expireIn(state, dialog, seconds);
  }
}

/** The last NOTIFY may come late, even after an Expires of 0, so the dialog outlives it a little. */
function expireIn(state: CoreState, dialog: Dialog, seconds: number): void {
  if (dialog.opener !== 'SUBSCRIBE' || dialog.state === 'ended') return;
  dialog.stopSubscription?.();
  const { timing, timers, dialogs } = state;
  dialog.stopSubscription = timing.after(seconds * 1_000 + 64 * timers.t1, () => {
    dialogs.remove(dialog);
  });
}
