import { canonicalName } from './header-names.js';
import type { SipMessage } from './sip-message.js';

const lineBreaking = /[\r\n\0]/;

/**
 * The message as it goes out: names in their usual spelling, Content-Length counted here in place
 * of any that is there. Nothing in a value can begin a new line: CR, LF and NUL become spaces.
 */
export function serialize(message: SipMessage): Buffer {
  let head = startLine(message);
  let counted = false;
  for (const field of message.headers) {
    const name = canonicalName(field.name);
    if (name !== 'Content-Length') {
      head += `${oneLine(name)}: ${oneLine(field.value)}\r\n`;
    } else if (!counted) {
      counted = true;
      head += contentLength(message);
    }
  }
  if (!counted) head += contentLength(message);
  return join(`${head}\r\n`, message.body);
}

function startLine(message: SipMessage): string {
  return message.kind === 'request'
    ? `${oneLine(message.method)} ${oneLine(message.uri)} SIP/2.0\r\n`
    : `SIP/2.0 ${message.status} ${oneLine(message.reason)}\r\n`;
}

function contentLength(message: SipMessage): string {
  return `Content-Length: ${message.body.length}\r\n`;
}

/** The app's strings end up here unread, and a number with `\r\n` in it must stay one value. */
function oneLine(text: string): string {
  return lineBreaking.test(text) ? text.replace(/[\r\n\0]+/g, ' ') : text;
}

function join(head: string, body: Buffer): Buffer {
  if (body.length === 0) return Buffer.from(head, 'utf8');
  const length = Buffer.byteLength(head, 'utf8');
  const bytes = Buffer.allocUnsafe(length + body.length);
  bytes.write(head, 0, 'utf8');
  body.copy(bytes, length);
  return bytes;
}
