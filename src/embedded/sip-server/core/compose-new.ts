import { newBranch, newCSeq, newTag, newUuid } from '../message/identifiers.js';
import { parseCSeq } from '../message/cseq.js';
import { firstHeader, hasHeader } from '../message/headers.js';
import { parseNameAddr, stringifyNameAddr } from '../message/name-addr.js';
import type { HeaderField, Listener, SipRequest } from '../message/sip-message.js';
import { plainAppHeaders } from './app-headers.js';
import { contactFor, ownContact, ownVia, withOwnAddress } from '../transport/own-address.js';

/** A request that opens a transaction of its own, complete (RFC 3261 §8.1.1). */
export interface NewRequest {
  readonly request: SipRequest;
  readonly callId: string;
  readonly fromTag: string;
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  readonly contact: string;
}

const withContact = new Set(['INVITE', 'SUBSCRIBE']);

/** Completes what the application sketched; what it gives itself wins, as digest retries need. */
export function composeNew(sketch: SipRequest, listener: Listener): NewRequest {
  const given = (name: string, otherwise: string): string => {
    const value = firstHeader(sketch, name);
    return value === undefined ? otherwise : withOwnAddress({ name, value }, listener).value;
  };
  const contact = contactFor(sketch.uri, bracketed(given('Contact', ownContact(listener))));
  const { value: from, tag: fromTag } = tagged(given('From', uriOnly(contact)));
  const to = bracketed(given('To', `<${sketch.uri}>`));
  const callId = firstHeader(sketch, 'Call-ID') ?? newUuid();
  const sequence = parseCSeq(given('CSeq', ''))?.sequence ?? newCSeq();
  const headers: HeaderField[] = [
    { name: 'Via', value: ownVia(listener, newBranch()) },
    { name: 'Max-Forwards', value: given('Max-Forwards', '70') },
    { name: 'From', value: from },
    { name: 'To', value: to },
    { name: 'Call-ID', value: callId },
    { name: 'CSeq', value: `${sequence} ${sketch.method}` },
  ];
  if (withContact.has(sketch.method) || hasHeader(sketch, 'Contact')) {
    headers.push({ name: 'Contact', value: contact });
  }
  for (const field of plainAppHeaders(sketch, listener)) {
    if (field.name !== 'Contact' && field.name !== 'Max-Forwards') headers.push(field);
  }
  const { method, uri, body } = sketch;
  const request: SipRequest = { kind: 'request', method, uri, headers, body };
  return { request, callId, fromTag, from, to, sequence, contact };
}

/** With angle brackets, so that a tag added later is no parameter of the URI. */
function bracketed(value: string): string {
  if (value.includes('<')) return value;
  const parsed = parseNameAddr(value);
  return parsed ? stringifyNameAddr(parsed) : value;
}

function uriOnly(contact: string): string {
  const parsed = parseNameAddr(contact);
  return parsed ? `<${parsed.uri}>` : contact;
}

function tagged(value: string): { value: string; tag: string } {
  const address = bracketed(value);
  const known = parseNameAddr(address)?.params.get('tag');
  if (known !== undefined) return { value: address, tag: known };
  const tag = newTag();
  return { value: `${address};tag=${tag}`, tag };
}
