import { canonicalName } from './header-names.js';

import { splitOutside } from './text.js';
import type { HeaderField, SipMessage } from './sip-message.js';

/** Anything with header fields: a message, or one still being put together. */
export type HasHeaders = Pick<SipMessage, 'headers'>;

/** The first value under a name; any capitalisation and the compact form name the same field. */
export function firstHeader(message: HasHeaders, name: string): string | undefined {
  const at = indexOfHeader(message.headers, canonicalName(name), 0);
  return message.headers[at]?.value;
}

/** Every value under a name, one per header line, top to bottom. */
export function allHeaders(message: HasHeaders, name: string): string[] {
  const wanted = canonicalName(name);
  const values: string[] = [];
  for (const field of message.headers) {
    if (sameName(field.name, wanted)) values.push(field.value);
  }
  return values;
}

/**
 * Every element of a list header, whether it came on one line or many (RFC 3261 §7.3.1).
 * Undefined when a quote or an angle bracket is left open; empty elements are kept out.
 */
export function headerList(message: HasHeaders, name: string): string[] | undefined {
  const elements: string[] = [];
  for (const line of allHeaders(message, name)) {
    const parts = splitOutside(line, ',');
    if (parts === undefined) return undefined;
    for (const part of parts) if (part !== '') elements.push(part);
  }
  return elements;
}

export function hasHeader(message: HasHeaders, name: string): boolean {
  return indexOfHeader(message.headers, canonicalName(name), 0) >= 0;
}

/** Leaves exactly one field of that name, where the first one stood, or at the end. */
export function setHeader(message: HasHeaders, name: string, value: string): void {
  const wanted = canonicalName(name);
  const at = indexOfHeader(message.headers, wanted, 0);
  if (at < 0) {
    message.headers.push({ name: wanted, value });
    return;
  }
  message.headers[at] = { name: wanted, value };
  removeFrom(message.headers, wanted, at + 1);
}

export function removeHeader(message: HasHeaders, name: string): void {
  removeFrom(message.headers, canonicalName(name), 0);
}

/** Adds a field below those already there. */
export function appendHeader(message: HasHeaders, name: string, value: string): void {
  message.headers.push({ name: canonicalName(name), value });
}

/** Adds a field above all others: where our own Via goes (RFC 3261 §8.1.1.7). */
export function prependHeader(message: HasHeaders, name: string, value: string): void {
  message.headers.unshift({ name: canonicalName(name), value });
}

/** Where the next field of a canonical name stands, or -1. */
export function indexOfHeader(headers: readonly HeaderField[], name: string, from: number): number {
  for (let at = from; at < headers.length; at += 1) {
    const field = headers[at];
    if (field !== undefined && sameName(field.name, name)) return at;
  }
  return -1;
}

function removeFrom(headers: HeaderField[], name: string, from: number): void {
  let kept = from;
  for (let at = from; at < headers.length; at += 1) {
    const field = headers[at];
    if (field === undefined || sameName(field.name, name)) continue;
    headers[kept] = field;
    kept += 1;
  }
  headers.length = kept;
}

/** Names out of our parser are canonical already; those of an application need not be. */
function sameName(name: string, canonical: string): boolean {
  if (name === canonical) return true;
  if (name.length === 1) return canonicalName(name) === canonical;
  return name.length === canonical.length && name.toLowerCase() === canonical.toLowerCase();
}
