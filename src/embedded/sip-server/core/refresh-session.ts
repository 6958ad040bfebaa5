import type { Dialog } from '../dialog/dialog.js';
import { cseqOf } from '../message/cseq.js';
import { firstHeader } from '../message/headers.js';
import { serialize } from '../message/serialize.js';
import type { HeaderField, Hop, SipResponse } from '../message/sip-message.js';
import { parseSeconds } from '../message/tokens.js';
import type { ClientUser } from '../transaction/client-transaction.js';
import { hangUp } from './hang-up.js';
import { composeInDialog } from './send-in-dialog.js';
import type { CoreState } from './state.js';
import { TargetedRequest } from './targeted-request.js';

type Restart = (state: CoreState, dialog: Dialog, response: SipResponse, we: 'uac') => void;

/**
 * Refreshes a session with the description it already has (RFC 4028 §7.4), without bothering the
 * application. `restart` is called with the 2xx.
 */
export function refreshSession(
  state: CoreState,
  dialog: Dialog,
  seconds: number,
  restart: Restart,
): void {
  if (dialog.state !== 'confirmed') return;
  const again = (interval = seconds): void => refreshSession(state, dialog, interval, restart);
  if (dialog.ongoing.inviteIn || dialog.ongoing.inviteOut) {
    state.timing.after(state.timers.t4, () => again());
    return;
  }
  const headers: HeaderField[] = [
    { name: 'Contact', value: dialog.contact },
    { name: 'Supported', value: 'timer' },
    { name: 'Session-Expires', value: `${seconds};refresher=uac` },
  ];
  const body = dialog.localSession;
  if (body.length > 0) headers.push({ name: 'Content-Type', value: 'application/sdp' });
  composeInDialog(state, dialog, { method: 'INVITE', headers, body }, (request, targets) => {
    if (targets.length === 0) return;
    const refresh = new TargetedRequest(state, request, targets);
    dialog.ongoing.inviteOut = () => void refresh.cancel();
    refresh.send(refreshUser(state, dialog, restart, seconds, again));
  });
}

function refreshUser(
  state: CoreState,
  dialog: Dialog,
  restart: Restart,
  seconds: number,
  again: (seconds?: number) => void,
): ClientUser {
  let ack: { bytes: Buffer; hop: Hop } | undefined;
  const over = (): void => hangUp(state, dialog, 'Session timer expired');
  const acknowledge = (response: SipResponse): void => {
    const sequence = cseqOf(response)?.sequence;
    composeInDialog(state, dialog, { method: 'ACK', sequence }, (request, [hop]) => {
      if (hop === undefined) return;
      ack = { bytes: serialize(request), hop };
      state.transport.send(ack.bytes, hop, () => undefined);
    });
  };
  const refused = (response: SipResponse): void => {
    if (response.status === 491) {
      // RFC 3261 §14.1: both sides wait for a random while, of different lengths.
      const wait = dialog.role === 'uac' ? 2.1 + Math.random() * 1.9 : Math.random() * 2;
      state.timing.after(wait * 1_000, () => again());
    } else if (response.status === 422) {
      // RFC 4028 §7.3: no less than the peer's least, which he may state once.
      const least = parseSeconds(firstHeader(response, 'Min-SE') ?? '') ?? 0;
      if (least > seconds) again(least);
    } else if (response.status === 408 || response.status === 481) over();
  };
  return {
    response: (response) => {
      if (response.status < 200) return;
      if (ack !== undefined) {
        state.transport.send(ack.bytes, ack.hop, () => undefined);
        return;
      }
      dialog.ongoing.inviteOut = undefined;
      if (response.status < 300) {
        dialog.refreshTarget(response);
        acknowledge(response);
        if (dialog.state === 'confirmed') restart(state, dialog, response, 'uac');
      } else refused(response);
    },
    timedOut: over,
    unreachable: over,
  };
}
