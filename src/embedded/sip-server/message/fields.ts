import { canonicalName } from './header-names.js';
import type { MessageLimits } from './limits.js';
import { ParseError } from './parse-error.js';
import type { HeaderField } from './sip-message.js';
import { isToken, trimBlank } from './text.js';

/** Lines, continuations joined by one space (RFC 3261 §7.3.1); a start line cannot be folded. */
export function logicalLines(text: string): string[] {
  const lines = text.split('\r\n');
  if (!text.includes('\r\n ') && !text.includes('\r\n\t')) return lines;
  const joined: string[] = [];
  for (const line of lines) {
    const last = joined.length - 1;
    if (last >= 1 && (line.startsWith(' ') || line.startsWith('\t'))) {
      joined[last] = `${joined[last] ?? ''} ${trimBlank(line)}`;
    } else {
      joined.push(line);
    }
  }
  return joined;
}

/** The header fields of a head's lines; the start line is skipped. */
export function readFields(lines: readonly string[], limits: MessageLimits): HeaderField[] {
  if (lines.length - 1 > limits.headerFields) throw new ParseError(513, 'Too Many Header Fields');
  const headers: HeaderField[] = [];
  for (const line of lines.slice(1)) {
    if (line.length > limits.headerLine) throw new ParseError(400, 'Header Field Too Long');
    const field = readField(line);
    if (field === undefined) throw new ParseError(400, 'Malformed Header Field');
    headers.push(field);
  }
  return headers;
}

/** Blanks may stand before the colon (HCOLON, RFC 3261 §25.1); undefined when it is no field. */
export function readField(line: string): HeaderField | undefined {
  const colon = line.indexOf(':');
  if (colon < 1) return undefined;
  const name = trimBlank(line.slice(0, colon));
  return isToken(name)
    ? { name: canonicalName(name), value: trimBlank(line.slice(colon + 1)) }
    : undefined;
}
