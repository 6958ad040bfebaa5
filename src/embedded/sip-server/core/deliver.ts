import type { Dialog } from '../dialog/dialog.js';
import { newTag } from '../message/identifiers.js';
import { serialize } from '../message/serialize.js';
import type { SipRequest, SipResponse } from '../message/sip-message.js';
import type { ReceivedRequest } from '../transaction/transaction-layer.js';
import type { Received } from '../transport/transport.js';
import type { App } from '../wire/app.js';
import { fabricatedMeta, networkMeta, newRequestMeta } from '../wire/meta.js';
import { reasons, responseTo, type OwnStatus } from '../message/responses.js';

export function deliverNewRequest(
  app: App,
  received: ReceivedRequest,
  transactionId: string,
  message: SipRequest = received.message,
): void {
  const sip = serialize(message);
  app.deliver(newRequestMeta(sip.length, received.from, transactionId, received.listener), sip);
}

export function deliverInDialog(
  dialog: Dialog,
  received: ReceivedRequest,
  transactionId: string,
): void {
  const sip = serialize(received.message);
  const meta = networkMeta(sip.length, received.from, transactionId, dialog.id);
  dialog.app.deliver(meta, sip);
}

export function deliverResponse(
  app: App,
  response: SipResponse,
  received: Received,
  transactionId: string,
  dialogId: string,
): void {
  const sip = serialize(response);
  app.deliver(networkMeta(sip.length, received.from, transactionId, dialogId), sip);
}

/** RFC 3261 §8.1.3.1: silence counts as 408 and a lost peer as 503, as if the network had said so. */
export function deliverFabricated(
  app: App,
  request: SipRequest,
  status: OwnStatus,
  transactionId: string,
  dialogId: string,
): SipResponse {
  const response = responseTo(request, {
    status,
    reason: reasons[status],
    toTag: newTag(),
  });
  app.deliver(fabricatedMeta('udp', transactionId, dialogId), serialize(response));
  return response;
}
