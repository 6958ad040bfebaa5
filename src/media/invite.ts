import { MediaFailed } from '../flows/ports/media.js';
import type { Clock, Millis } from '../domain/time.js';
import type {
  CallsServers,
  MediaDialog,
  MediaResponse,
  SentRequest,
  SipSignalling,
  UnacknowledgedDialog,
} from './fsmrf.js';
import { plainOffer, waitingAnswer } from './plain-rtp.js';

export interface InviteDeps {
  readonly sip: SipSignalling;
  readonly clock: Clock;
  /** How long a server may take to answer an INVITE; it does not ring. */
  readonly within: Millis;
}

/** What fsmrf is given for an srf: INVITEs to servers that always end, and dialogs that never throw. */
export function callsServers(deps: InviteDeps): CallsServers {
  return {
    createUAC: async (uri, opts) => {
      const answered = await invite(deps, uri, opts);
      const dialog = 'sdp' in answered ? await acknowledge(answered) : answered;
      return harmless(dialog);
    },
  };
}

/** @throws MediaFailed or a SipError */
function invite(
  { sip, clock, within }: InviteDeps,
  uri: string,
  opts: Parameters<CallsServers['createUAC']>[1],
): Promise<MediaDialog | UnacknowledgedDialog> {
  return new Promise((resolve, reject) => {
    let sent: SentRequest | undefined;
    let late = false;
    const timer = clock.after(within, () => {
      late = true;
      sent?.cancel({ headers: {} }, () => undefined);
      reject(new MediaFailed('no-endpoint', 'no answer to INVITE'));
    });
    const progress = {
      cbRequest: (_: unknown, request?: SentRequest): void => {
        sent = request;
      },
      cbProvisional: (): void => undefined,
    };
    sip.createUAC(uri, { ...opts, noAck: true }, progress, (error, dialog) => {
      timer.cancel();
      if (dialog === undefined) reject(error ?? new MediaFailed('no-endpoint'));
      // A 200 may cross our CANCEL.
      else if (late) void dialog.destroy().catch(() => undefined);
      else resolve(dialog);
    });
  });
}

/** @throws MediaFailed when the server offers nothing but SRTP. */
async function acknowledge(answered: UnacknowledgedDialog): Promise<MediaDialog> {
  if (plainOffer(answered.sdp) !== undefined) return answered.ack(waitingAnswer(answered.sdp));
  void answered.destroy().catch(() => undefined);
  throw new MediaFailed('no-endpoint', 'the server offers SRTP only');
}

/** fsmrf ends dialogs without waiting for how that went: a rejection would end the process. */
function harmless(dialog: MediaDialog): MediaDialog {
  const destroy = dialog.destroy.bind(dialog);
  dialog.destroy = () => (dialog.connected ? destroy().catch(() => undefined) : Promise.resolve());
  return dialog;
}

/**
 * Sends the party's description in a re-INVITE; resolves with the server's. drachtio-srf's own
 * `modify` lets no second one out after one that was refused.
 * @throws MediaFailed when it is refused.
 */
export function reinvite(dialog: MediaDialog, sdp: string): Promise<string> {
  const headers = { Contact: dialog.local.contact, 'Content-Type': 'application/sdp' };
  const opts = { method: 'INVITE', stackDialogId: dialog.id, headers, body: sdp };
  return new Promise((resolve, reject) => {
    dialog.agent.request({ ...opts, _socket: dialog.socket }, (error, sent) => {
      if (sent === undefined) {
        reject(error instanceof Error ? error : new MediaFailed('gone'));
        return;
      }
      sent.on('response', ({ status, body }: MediaResponse, ack: () => void) => {
        if (status < 200) return;
        if (status >= 300) {
          reject(new MediaFailed('no-endpoint', `SIP ${status} to a new description`));
          return;
        }
        ack();
        resolve(body ?? '');
      });
    });
  });
}
