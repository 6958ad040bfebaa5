import { canonicalName } from '../message/header-names.js';
import type { HeaderField, SipMessage } from '../message/sip-message.js';

/**
 * What an application sends is a sketch of a message: the engine fills in Via, tags, Call-ID and
 * the rest, so the strict parser would refuse it. Names come in any case, values on one line, and
 * Content-Length counts characters instead of bytes, hence the body is simply what follows.
 */
export function parseAppMessage(text: Buffer | string): SipMessage | undefined {
  const end = text.indexOf('\r\n\r\n');
  const head = textOf(text, 0, end < 0 ? text.length : end);
  const body = end < 0 ? '' : from(text, end + 4);
  const [startLine = '', ...lines] = head.split('\r\n');
  const headers: HeaderField[] = [];
  for (const line of lines) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon < 1) return undefined;
    const name = spelled(line.slice(0, colon).trim());
    headers.push({ name, value: line.slice(colon + 1).trim() });
  }
  return parseStartLine(startLine, headers, typeof body === 'string' ? Buffer.from(body) : body);
}

function parseStartLine(
  line: string,
  headers: HeaderField[],
  body: Buffer,
): SipMessage | undefined {
  const [first = '', second = '', ...rest] = line.split(' ');
  if (first === 'SIP/2.0') {
    if (!/^[1-6]\d\d$/.test(second)) return undefined;
    return { kind: 'response', status: Number(second), reason: rest.join(' '), headers, body };
  }
  if (!/^[A-Z]+$/.test(first) || second === '' || rest[0] !== 'SIP/2.0') return undefined;
  return { kind: 'request', method: first, uri: second, headers, body };
}

/**
 * drachtio-srf lower-cases most names, so the spelling is restored here: the RFC's where there is
 * one, else a capital after each dash. `X-…` names are the application's own and stay.
 */
function spelled(name: string): string {
  const known = canonicalName(name);
  if (known !== name || /^x-/i.test(name) || /[A-Z]/.test(name)) return known;
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => {
    return dash + letter.toUpperCase();
  });
}

/** Frames are bytes on a socket and strings between threads. */
export function textOf(frame: Buffer | string, start: number, end: number): string {
  return typeof frame === 'string' ? frame.slice(start, end) : frame.toString('utf8', start, end);
}

export function from(frame: Buffer | string, start: number): Buffer | string {
  return typeof frame === 'string' ? frame.slice(start) : frame.subarray(start);
}
