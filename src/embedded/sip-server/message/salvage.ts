import { logicalLines, readField } from './fields.js';
import type { HeaderField, SipRequest } from './sip-message.js';
import { isRequestLine, methodOf } from './start-line.js';

/** Longer values are not worth echoing: the answer must fit a datagram. */
const echoedLength = 4_096;
/** A response copies every Via (RFC 3261 §8.2.6.2), but not those of a flood. */
const echoedVias = 64;

/**
 * What of a broken request is needed to refuse it: as many of Via, From, To, Call-ID and CSeq as
 * can be read, without line ends or NULs that could break our answer too. Undefined for what is no
 * request, has no Via, or is an ACK.
 */
export function salvage(text: string): SipRequest | undefined {
  const clean = text.replace(/\r\n?|\n/g, '\r\n').replace(/\0/g, ' ');
  const [startLine = '', ...lines] = logicalLines(clean);
  const method = methodOf(startLine);
  if (!isRequestLine(startLine) || method === 'ACK') return undefined;
  const headers = salvageFields(lines);
  if (!headers.some((field) => field.name === 'Via')) return undefined;
  return { kind: 'request', method, uri: '', headers, body: Buffer.alloc(0) };
}

function salvageFields(lines: readonly string[]): HeaderField[] {
  const headers: HeaderField[] = [];
  const room = new Map([
    ['Via', echoedVias],
    ['From', 1],
    ['To', 1],
    ['Call-ID', 1],
    ['CSeq', 1],
  ]);
  for (const line of lines) {
    const field = line.length > echoedLength ? undefined : readField(line);
    const left = field === undefined ? 0 : (room.get(field.name) ?? 0);
    if (field === undefined || left === 0 || field.value === '') continue;
    room.set(field.name, left - 1);
    headers.push(field);
  }
  return headers;
}
