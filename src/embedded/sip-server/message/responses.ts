import type { HeaderField, SipRequest, SipResponse } from './sip-message.js';
import { tagOf } from './name-addr.js';

/** What a response says beyond what it copies from its request. */
export interface ResponseParts {
  readonly status: number;
  readonly reason: string;
  /** For a To that has no tag yet. */
  readonly toTag?: string | undefined;
  /** RFC 3261 §12.1.1: the route the dialog's later requests must take. */
  readonly withRecordRoute?: boolean;
  readonly headers?: readonly HeaderField[];
  readonly body?: Buffer;
}

const copied = new Set(['Via', 'From', 'Call-ID', 'CSeq']);
const nothing = Buffer.alloc(0);

/** RFC 3261 §8.2.6.2: Via, From, To, Call-ID and CSeq as in the request, in their order. */
export function responseTo(request: SipRequest, parts: ResponseParts): SipResponse {
  const headers: HeaderField[] = [];
  for (const field of request.headers) {
    if (copied.has(field.name)) headers.push(field);
    else if (field.name === 'To') headers.push(taggedTo(request, field, parts.toTag));
    else if (field.name === 'Record-Route' && parts.withRecordRoute === true) headers.push(field);
  }
  if (parts.headers) headers.push(...parts.headers);
  const { status, reason, body = nothing } = parts;
  return { kind: 'response', status, reason, headers, body };
}

function taggedTo(request: SipRequest, to: HeaderField, tag: string | undefined): HeaderField {
  if (tag === undefined || tagOf(request, 'To') !== undefined) return to;
  // Without brackets a `;` after the URI already belongs to the header (RFC 3261 §20.39).
  return { name: 'To', value: `${to.value};tag=${tag}` };
}

/** Reason phrases of the responses that the engine makes by itself. */
export const reasons = {
  100: 'Trying',
  200: 'OK',
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  416: 'Unsupported URI Scheme',
  420: 'Bad Extension',
  422: 'Session Interval Too Small',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  482: 'Loop Detected',
  483: 'Too Many Hops',
  487: 'Request Terminated',
  491: 'Request Pending',
  500: 'Server Internal Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Server Time-out',
} as const;

export type OwnStatus = keyof typeof reasons;
