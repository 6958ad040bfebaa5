/**
 * The lexical ground of RFC 3261 §25.1: tokens, quoted strings, decimals, and cutting a value at a
 * separator without being fooled by quotes and angle brackets.
 */

const token = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
const digits = /^[0-9]+$/;
const SP = 0x20;
const HTAB = 0x09;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LESS = 0x3c;
const GREATER = 0x3e;

export function isToken(text: string): boolean {
  return token.test(text);
}

/** Digits only: no sign, no hexadecimal, no space. Undefined for anything else or above `max`. */
export function parseDecimal(text: string, max: number): number | undefined {
  if (!digits.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/** Strips SP and HTAB; unlike `trim` it leaves other blanks of Unicode to the value they are in. */
export function trimBlank(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SP || code === HTAB;
}

/**
 * The first `separator` outside quotes and angle brackets, `length` when there is none, or -1 when
 * a quote or a bracket is still open at the end.
 */
export function findOutside(text: string, separator: number, from: number): number {
  let bracketed = false;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LESS) bracketed = true;
    else if (code === GREATER) bracketed = false;
    else if (bracketed) continue;
    else if (code === separator) return at;
    else if (code === QUOTE) {
      at = closingQuote(text, at);
      if (at < 0) return -1;
    }
  }
  return bracketed ? -1 : text.length;
}

/** Where the quoted string that opens at `open` closes, or -1. */
export function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return -1;
}

/** Cuts at every separator outside quotes and brackets; undefined when one is left open. */
export function splitOutside(text: string, separator: ',' | ';'): string[] | undefined {
  const code = separator.charCodeAt(0);
  const parts: string[] = [];
  let from = 0;
  for (;;) {
    const at = findOutside(text, code, from);
    if (at < 0) return undefined;
    parts.push(trimBlank(text.slice(from, at)));
    if (at === text.length) return parts;
    from = at + 1;
  }
}

/** The text a quoted string stands for: quotes off, escapes undone. */
export function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\([\s\S])/g, '$1');
}

export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
