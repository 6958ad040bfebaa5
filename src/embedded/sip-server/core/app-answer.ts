import { newTag } from '../message/identifiers.js';
import { firstHeader } from '../message/headers.js';
import { parseNameAddr, tagOf } from '../message/name-addr.js';
import type { HeaderField, SipResponse } from '../message/sip-message.js';
import { tokensOf } from '../message/tokens.js';
import { impliedContentType, plainAppHeaders } from './app-headers.js';
import { contactFor, ownContact } from '../transport/own-address.js';
import { responseTo } from '../message/responses.js';
import { sessionAnswer } from './session.js';
import type { CoreState, Inbound } from './state.js';

/** A response ready to go, and what is to be remembered of it. */
export interface Answer {
  readonly response: SipResponse;
  readonly contact: string;
  /** Set for a reliable provisional response (RFC 3262). */
  readonly rseq: number | undefined;
}

const opensDialog = new Set(['INVITE', 'SUBSCRIBE']);

export function canOpenDialog(inbound: Inbound): boolean {
  return opensDialog.has(inbound.transaction.method);
}

/** Whether the application asks for a provisional response that is acknowledged. */
export function isReliable(inbound: Inbound, sketch: SipResponse): boolean {
  const provisional = sketch.status > 100 && sketch.status < 200;
  if (!provisional || inbound.transaction.method !== 'INVITE') return false;
  return tokensOf(sketch, 'Require')?.includes('100rel') === true;
}

/** RFC 3262 §3: only a caller who said so knows what to do with it. */
export function callerKnowsReliable(inbound: Inbound): boolean {
  const { message } = inbound.received;
  return ['Supported', 'Require'].some((name) => tokensOf(message, name)?.includes('100rel'));
}

/** Completes what the application sketched (RFC 3261 §8.2.6 and §12.1.1). */
export function buildAnswer(state: CoreState, inbound: Inbound, sketch: SipResponse): Answer {
  const { status, reason, body } = sketch;
  const headers = plainAppHeaders(sketch, inbound.received.listener);
  const rseq = isReliable(inbound, sketch) ? inbound.reliable?.nextRSeq() : undefined;
  if (rseq !== undefined) headers.push({ name: 'RSeq', value: String(rseq) });
  const contact = placeContact(inbound, status, headers, rseq !== undefined);
  headers.push(...extrasFor(state, inbound, sketch, headers));
  // 100 is sent before anything is decided, so it has no tag (RFC 3261 §8.2.6.2).
  if (status > 100) inbound.localTag ??= chosenTag(sketch) ?? newTag();
  const response = responseTo(inbound.received.message, {
    status,
    reason,
    toTag: status > 100 ? inbound.localTag : undefined,
    withRecordRoute: canOpenDialog(inbound) && status > 100 && status < 300,
    headers,
    body,
  });
  return { response, contact, rseq };
}

/** The Contact of our side, added to the headers where the peer needs it and the app gave none. */
function placeContact(
  inbound: Inbound,
  status: number,
  headers: HeaderField[],
  reliable: boolean,
): string {
  const { message, listener } = inbound.received;
  const at = headers.findIndex((field) => field.name === 'Contact');
  const own = headers[at]?.value;
  const given = own === undefined ? undefined : contactFor(message.uri, own);
  if (given !== undefined) {
    headers[at] = { name: 'Contact', value: given };
    return given;
  }
  const contact = inbound.within?.contact ?? contactFor(message.uri, ownContact(listener));
  if (wantsContact(inbound, status, reliable)) headers.unshift({ name: 'Contact', value: contact });
  return contact;
}

function extrasFor(
  state: CoreState,
  inbound: Inbound,
  sketch: SipResponse,
  headers: readonly HeaderField[],
): HeaderField[] {
  const extras: HeaderField[] = [];
  const { method } = inbound.transaction;
  const success = sketch.status >= 200 && sketch.status < 300;
  if (success && (method === 'INVITE' || method === 'UPDATE')) {
    const { minSessionSeconds } = state.settings;
    extras.push(...sessionAnswer(inbound.received.message, headers, minSessionSeconds));
  }
  const type = impliedContentType(sketch.body, headers);
  if (typeof type === 'object') extras.push(type);
  return extras;
}

/** Where the peer is to send the dialog's later requests. */
function wantsContact(inbound: Inbound, status: number, reliable: boolean): boolean {
  const success = status >= 200 && status < 300;
  const { method } = inbound.transaction;
  if (method === 'UPDATE') return success;
  if (!opensDialog.has(method)) return false;
  return success || reliable || (inbound.within !== undefined && status > 100);
}

/** The application may choose the tag of its first response. */
function chosenTag(sketch: SipResponse): string | undefined {
  return parseNameAddr(firstHeader(sketch, 'To') ?? '') && tagOf(sketch, 'To');
}
