import { newTag } from '../message/identifiers.js';
import { serialize } from '../message/serialize.js';
import type { HeaderField, SipRequest, SipResponse } from '../message/sip-message.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { reasons, responseTo, type OwnStatus } from '../message/responses.js';

/** What the engine understands by itself or passes on; RFC 3261 §20.5. */
export const allow: HeaderField = {
  name: 'Allow',
  value:
    'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, PRACK, REFER, NOTIFY, SUBSCRIBE, ' +
    'MESSAGE, PUBLISH, REGISTER',
};

/** Answers a request by the engine's own decision, and returns the answer; no application hears of it. */
export function answerByOurselves(
  transaction: ServerTransaction,
  request: SipRequest,
  status: OwnStatus,
  headers: readonly HeaderField[] = [],
  toTag = status === 100 ? undefined : newTag(),
): SipResponse {
  const response = responseTo(request, { status, reason: reasons[status], toTag, headers });
  transaction.respond(status, serialize(response));
  return response;
}

/** RFC 3261 §14.2: when to try again after a request that came out of turn. */
export function retryAfter(): HeaderField {
  return { name: 'Retry-After', value: String(Math.floor(Math.random() * 11)) };
}
