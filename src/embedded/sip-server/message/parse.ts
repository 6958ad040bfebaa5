import { answerable, findHeadEnd, mayBeginMessage, readHead, skipLineEnds } from './head.js';
import { defaultLimits, type MessageLimits } from './limits.js';
import { ParseError } from './parse-error.js';
import type { SipMessage } from './sip-message.js';

/** One whole message, as a datagram holds it. Throws ParseError and nothing else. */
export function parseMessage(bytes: Buffer, limits: MessageLimits = defaultLimits): SipMessage {
  const start = skipLineEnds(bytes);
  if (!mayBeginMessage(bytes[start])) throw new ParseError(400, 'Not A SIP Message');
  const headEnd = findHeadEnd(bytes, start);
  const head = bytes.subarray(start, headEnd?.end);
  if (bytes.length > limits.messageBytes) throw refusal(513, 'Message Too Large', head);
  if (headEnd === undefined) throw refusal(400, 'Header Fields Do Not End', head);
  const { message, contentLength, problem } = readHead(head, limits);
  if (problem !== undefined) throw problem;
  message.body = cutBody(bytes.subarray(headEnd.body), contentLength, head);
  return message;
}

/**
 * RFC 3261 §18.3: on a datagram bytes beyond Content-Length are discarded, a body that is cut short
 * is an error, and without Content-Length the body goes on to the end.
 */
function cutBody(rest: Buffer, contentLength: number | undefined, head: Buffer): Buffer {
  if (contentLength === undefined) return rest;
  if (contentLength > rest.length) throw refusal(400, 'Body Shorter Than Content-Length', head);
  return rest.subarray(0, contentLength);
}

function refusal(status: 400 | 513, detail: string, head: Buffer): ParseError {
  return answerable(new ParseError(status, detail), head.toString('utf8'));
}
