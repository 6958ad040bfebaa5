import { newBranch, newCallId, newTag } from '../../src/phones/compose.js';
import type { Phone } from '../../src/phones/phone.js';

/** Header lines of a request that a script writes by hand; a test changes what it wants broken. */
export function handmade(method: string, uri: string, phone: Phone): string[] {
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${phone.hostPort};branch=${newBranch()};rport`,
    'Max-Forwards: 70',
    `From: <sip:${phone.user}@${phone.hostPort}>;tag=${newTag()}`,
    `To: <${uri}>`,
    `Call-ID: ${newCallId()}`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:${phone.user}@${phone.hostPort}>`,
    'Content-Length: 0',
  ];
}

/** The bytes of a handmade request. */
export function bytesOf(lines: readonly string[], body = ''): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
