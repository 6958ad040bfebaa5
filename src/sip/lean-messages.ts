/**
 * drachtio-srf 5.0.29 spends much of a call's time on its messages: it asks `process.env` for each
 * header name, splits each message four times, lists and lowers all names for each look-up, and
 * writes messages as JSON for traces that are off. Here its reading of a message is done in one walk
 * for messages of the usual shape, with the library's own functions for all others, so that what is
 * read stays the same to the letter; test/sip/lean-messages.test.ts compares the two.
 */

/** Of the library's parser, what its SipMessage asks for. */
export interface SipParser {
  getHeaderName(name: string): string;
  parseSipMessage(raw: string, lazy: boolean): ParsedMessage | undefined;
}

export interface ParsedMessage {
  version?: string;
  status?: number;
  reason?: string;
  method?: string;
  uri?: string;
  headers: Record<string, string>;
  body?: string | undefined;
  payload: { type: string | undefined; content: string | undefined }[];
}

interface SipMessageClass {
  readonly prototype: {
    readonly headers: Readonly<Record<string, string>>;
    getHeaderName(name: string): string | undefined;
    toJSON?(): string;
  };
}

/** Names that peers send come from outside: more than these are looked up the long way. */
const MOST_NAMES = 512;

/** Replaces the costly parts in the library that is loaded; once per process. */
export function readMessagesLeanly(library: NodeJS.Require): void {
  const parser = library('./sip-parser/parser') as SipParser;
  const { prototype } = library('./sip-parser/message') as SipMessageClass;
  Object.assign(parser, leanParser({ ...parser }));
  prototype.getHeaderName = function (name) {
    return nameIn(this.headers, name);
  };
  // Only traces write a message as JSON, and they hold every message in full.
  prototype.toJSON = () => 'SipMessage';
}

/** The same parser, quicker. */
export function leanParser(own: SipParser): SipParser {
  const names = new Map<string, string>();

  const getHeaderName = (name: string): string => {
    const known = names.get(name);
    if (known !== undefined) return known;
    const canonical = own.getHeaderName(name);
    if (names.size < MOST_NAMES && name.length <= 40) names.set(name, canonical);
    return canonical;
  };

  return {
    getHeaderName,
    parseSipMessage: (raw, lazy) =>
      (lazy ? readUsual(raw, getHeaderName) : undefined) ?? own.parseSipMessage(raw, lazy),
  };
}

/** The name under which the header field stands, whatever its case; the first, if it stands twice. */
function nameIn(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  const lower = name.toLowerCase();
  for (const held in headers) {
    if (held === lower || held.toLowerCase() === lower) return held;
  }
  return undefined;
}

const RESPONSE = /^SIP\/(2\.0) (\d{3}) (\S.*)$/;
const REQUEST = /^([A-Z]{2,20}) (\S+) SIP\/(2\.0)$/;
const PLAIN_NAME = /^[A-Za-z0-9-]+$/;
const SPACE = 32;
const TAB = 9;
const DELETE = 127;

/**
 * A message that has nothing unusual: no folded lines, no strange names, a start line by the book and
 * no body of several parts. Undefined for every other, which the library shall read by itself.
 */
function readUsual(raw: string, canonicalOf: (name: string) => string): ParsedMessage | undefined {
  const blank = raw.indexOf('\r\n\r\n');
  if (blank === -1) return undefined;
  const startEnd = raw.indexOf('\r\n');
  const start = readStart(raw.slice(0, startEnd));
  if (start === undefined) return undefined;
  const headers = readHeaders(raw, startEnd + 2, blank, canonicalOf);
  const type = headers?.['content-type'];
  if (headers === undefined || type?.includes('multipart/') === true) return undefined;
  const body = bodyOf(raw.slice(blank + 4), headers['content-length']);
  return { headers, body, payload: [{ type, content: body }], ...start };
}

function readStart(line: string): Omit<ParsedMessage, 'headers' | 'payload'> | undefined {
  const response = RESPONSE.exec(line);
  if (response !== null) {
    const [, version = '', status, reason = ''] = response;
    return { version, status: Number(status), reason };
  }
  const request = REQUEST.exec(line);
  if (request === null) return undefined;
  const [, method = '', uri = '', version = ''] = request;
  return { method, uri, version };
}

function readHeaders(
  raw: string,
  from: number,
  end: number,
  canonicalOf: (name: string) => string,
): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (let at = from; at < end;) {
    const lineEnd = raw.indexOf('\r\n', at);
    const colon = raw.indexOf(':', at);
    const name = raw.slice(at, colon);
    const value = valueAt(raw, colon + 1, lineEnd);
    if (colon === -1 || value === undefined || !PLAIN_NAME.test(name)) return undefined;
    const canonical = canonicalOf(name);
    const earlier = headers[canonical];
    // `constructor` and the like are found in every object.
    if (earlier !== undefined && typeof earlier !== 'string') return undefined;
    headers[canonical] = earlier === undefined ? value : `${earlier},${value}`;
    at = lineEnd + 2;
  }
  return headers;
}

/** Undefined where the line is folded, or begins with a space that only `\s` knows. */
function valueAt(raw: string, from: number, lineEnd: number): string | undefined {
  const next = raw.charCodeAt(lineEnd + 2);
  if (next === SPACE || next === TAB) return undefined;
  let at = from;
  while (at < lineEnd && (raw.charCodeAt(at) === SPACE || raw.charCodeAt(at) === TAB)) at += 1;
  if (at === lineEnd) return '';
  const first = raw.charCodeAt(at);
  return first > SPACE && first < DELETE ? raw.slice(at, lineEnd) : undefined;
}

/** As the library cuts it: by Content-Length where there is one, else up to the next blank line. */
function bodyOf(rest: string, length: string | undefined): string {
  if (length === undefined || length === '') return rest.split('\r\n\r\n', 1)[0] ?? '';
  const bytes = Math.min(Number(length), Buffer.byteLength(rest, 'utf8'));
  return rest.substring(0, Math.max(0, bytes));
}
