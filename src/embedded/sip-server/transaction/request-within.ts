import { allHeaders, firstHeader } from '../message/headers.js';
import type { HeaderField, SipRequest } from '../message/sip-message.js';

/**
 * An ACK to a non-2xx, or a CANCEL: it repeats the request it belongs to, with the same single
 * Via, so that it finds the same transaction (RFC 3261 §9.1 and §17.1.1.3).
 */
export function requestWithin(
  original: SipRequest,
  method: 'ACK' | 'CANCEL',
  to: string,
  extra: readonly HeaderField[] = [],
): SipRequest {
  const copy = (name: string): HeaderField => ({ name, value: firstHeader(original, name) ?? '' });
  const number = (firstHeader(original, 'CSeq') ?? '0').split(' ', 1)[0] ?? '0';
  return {
    kind: 'request',
    method,
    uri: original.uri,
    headers: [
      copy('Via'),
      ...allHeaders(original, 'Route').map((value) => ({ name: 'Route', value })),
      { name: 'Max-Forwards', value: '70' },
      copy('From'),
      { name: 'To', value: to },
      copy('Call-ID'),
      { name: 'CSeq', value: `${number} ${method}` },
      ...extra,
    ],
    body: Buffer.alloc(0),
  };
}
