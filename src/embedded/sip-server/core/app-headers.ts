import type { HeaderField, Listener, SipMessage } from '../message/sip-message.js';
import { withOwnAddress } from '../transport/own-address.js';

/** What an application may not set, because the engine alone knows the truth. */
const ours = new Set(['Via', 'Route', 'Record-Route', 'RSeq', 'Content-Length']);
const identity = new Set(['From', 'To', 'Call-ID', 'CSeq']);

/**
 * The fields of an application's message that go out as they are: not those the engine owns, nor
 * the dialog's identity, which is placed separately.
 */
export function plainAppHeaders(
  message: SipMessage,
  listener: Listener,
  without?: string,
): HeaderField[] {
  const kept: HeaderField[] = [];
  for (const field of message.headers) {
    if (ours.has(field.name) || identity.has(field.name) || field.name === without) continue;
    kept.push(withOwnAddress(field, listener));
  }
  return kept;
}

/** Content-Type to add: applications may leave it out when the body is plainly SDP. */
export function impliedContentType(
  body: Buffer,
  headers: readonly HeaderField[],
): HeaderField | 'missing' | undefined {
  if (body.length === 0 || headers.some((field) => field.name === 'Content-Type')) return undefined;
  const isSdp = body.toString('latin1', 0, 3) === 'v=0';
  return isSdp ? { name: 'Content-Type', value: 'application/sdp' } : 'missing';
}
