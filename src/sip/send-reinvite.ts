import type { Ack, DrachtioDialog, DrachtioRequest, DrachtioResponse } from './drachtio.js';
import type { GuardDoor } from './guard-door.js';

export interface Reinvite {
  readonly dialog: DrachtioDialog;
  readonly door: GuardDoor;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/**
 * Sends a re-INVITE and resolves with its final response; a 2xx is acknowledged by whoever sent it.
 * `givenUp` cancels it, and the engine keeps the CANCEL until a provisional response has come
 * (RFC 3261 §9.1).
 *
 * drachtio-srf's own `modify` never lets a second re-INVITE out after a refused one, and neither
 * that nor `request` hands out what could be cancelled, so it goes out by the agent.
 * @throws whatever the engine says when it does not take it.
 */
export function sendReinvite(
  { dialog, door, headers, body }: Reinvite,
  givenUp?: AbortSignal,
): Promise<{ res: DrachtioResponse; ack: Ack }> {
  const opts = {
    method: 'INVITE',
    stackDialogId: dialog.id,
    headers,
    ...(body !== undefined && { body }),
    auth: dialog.auth,
    _socket: dialog.socket,
  };
  return new Promise((resolve, reject) => {
    dialog.agent.request(opts, (err, req) => {
      if (err || req === undefined) {
        reject(err instanceof Error ? err : new Error(String(err)));
        return;
      }
      // While an INVITE of ours is open drachtio-srf hands an UPDATE to that and not to the dialog.
      req.on('update', (...update: unknown[]) => dialog.emit('update', ...update));
      const over = untilAnswered(req, dialog.sip.callId, door, givenUp);
      req.on('response', (res: DrachtioResponse, ack: Ack) => {
        if (res.status < 200) return;
        over();
        resolve({ res, ack });
      });
    });
  });
}

/** While it is unanswered it can be cancelled, and the guard must know whose CANCEL that is. */
function untilAnswered(
  req: DrachtioRequest,
  callId: string,
  door: GuardDoor,
  givenUp: AbortSignal | undefined,
): () => void {
  const transactions = [req.stackTxnId];
  door.bindTransaction(req.stackTxnId, callId);
  // A challenged re-INVITE is sent again with credentials, as a transaction of its own.
  req.on('authenticate', (retry: DrachtioRequest) => {
    transactions.push(retry.stackTxnId);
    door.bindTransaction(retry.stackTxnId, callId);
  });
  const cancel = (): void => req.cancel({ headers: {} }, () => undefined);
  if (givenUp?.aborted === true) cancel();
  else givenUp?.addEventListener('abort', cancel);
  return () => {
    givenUp?.removeEventListener('abort', cancel);
    for (const transaction of transactions) door.unbindTransaction(transaction);
  };
}
