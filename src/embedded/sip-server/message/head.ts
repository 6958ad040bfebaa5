import { checkEssentials } from './essentials.js';
import { logicalLines, readFields } from './fields.js';
import { type MessageLimits } from './limits.js';
import { ParseError } from './parse-error.js';
import { salvage } from './salvage.js';
import type { HeaderField, SipMessage } from './sip-message.js';
import { readStartLine } from './start-line.js';
import { isToken, parseDecimal } from './text.js';

const CR = 0x0d;
const LF = 0x0a;

/** Where the header fields end and where the body begins. */
export interface HeadEnd {
  /** Just behind the last header line's text, before its line end. */
  readonly end: number;
  readonly body: number;
}

/** A message up to the empty line. */
export interface Head {
  /** Its body still empty. */
  readonly message: SipMessage;
  /** What Content-Length says, undefined when there is none. */
  readonly contentLength: number | undefined;
  /**
   * Why the message is not acceptable although its extent is known: a stream can skip it and go on.
   */
  readonly problem: ParseError | undefined;
}

// NUL may stand behind a backslash in a quoted string (RFC 4475 §3.1.1.2), nowhere else; CR and LF
// only together, or what one hop takes for a value the next takes for two header fields.
const strayControl = /(?<!\\)(?:\\\\)*\0|\r(?!\n)|(?<!\r)\n/;

/**
 * Finds the empty line from an offset on, or undefined. A line may end with a bare LF here, so that
 * a message of such lines is found at all and can be refused.
 */
export function findHeadEnd(bytes: Buffer, from: number): HeadEnd | undefined {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1;
    if (bytes[next] === LF) return { end: bytes[at - 1] === CR ? at - 1 : at, body: next + 1 };
  }
  return undefined;
}

/** The first byte that is not of a line end: RFC 3261 §7.5 has us skip empty lines up front. */
export function skipLineEnds(bytes: Buffer): number {
  let at = 0;
  while (bytes[at] === CR || bytes[at] === LF) at += 1;
  return at;
}

/** Whether a start line can begin so: noise, TLS and STUN are told apart by their first byte. */
export function mayBeginMessage(first: number | undefined): boolean {
  return first !== undefined && isToken(String.fromCharCode(first));
}

/** Reads the head out of its bytes; throws when even the extent of the message stays unknown. */
export function readHead(bytes: Buffer, limits: MessageLimits): Head {
  const text = bytes.toString('utf8');
  try {
    return readHeadText(text, limits);
  } catch (error) {
    throw error instanceof ParseError ? answerable(error, text) : error;
  }
}

/** The same error with what is needed to answer it, if it was a request. */
export function answerable(error: ParseError, text: string): ParseError {
  return new ParseError(error.status, error.detail, salvage(text));
}

function readHeadText(text: string, limits: MessageLimits): Head {
  if (strayControl.test(text)) throw new ParseError(400, 'Control Character In Message');
  const lines = logicalLines(text);
  const start = readStartLine(lines[0] ?? '', limits);
  const headers = readFields(lines, limits);
  const contentLength = contentLengthOf(headers);
  // The spread last: V8 gives an object that begins with one a shape of its own, and makes all who
  // read it slow.
  const message: SipMessage = { headers, body: Buffer.alloc(0), ...start };
  const flaw = checkEssentials(message);
  const problem = flaw === undefined ? undefined : new ParseError(400, flaw, salvage(text));
  return { message, contentLength, problem };
}

/** Digits only, said once; a number beyond counting is as good as the greatest. */
function contentLengthOf(headers: readonly HeaderField[]): number | undefined {
  let value: string | undefined;
  for (const field of headers) {
    if (field.name !== 'Content-Length') continue;
    if (value !== undefined) throw new ParseError(400, 'Repeated Content-Length');
    value = field.value;
  }
  if (value === undefined) return undefined;
  const length = parseDecimal(value, Infinity);
  if (length === undefined) throw new ParseError(400, 'Malformed Content-Length');
  return Math.min(length, Number.MAX_SAFE_INTEGER);
}
