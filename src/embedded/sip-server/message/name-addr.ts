import { firstHeader, headerList, type HasHeaders } from './headers.js';
import { keepingLast } from './last-read.js';
import { parseParams, stringifyParams, type Params } from './params.js';
import { closingQuote, quote, trimBlank, unquote } from './text.js';

/** From, To, Contact, Route, Record-Route, P-Asserted-Identity, … (RFC 3261 §20.10). */
export interface NameAddr {
  /** Without quotes and escapes. */
  readonly displayName?: string;
  /** As written, without angle brackets; see uri.ts. */
  readonly uri: string;
  readonly params: Params;
}

/** What an unquoted display name may hold: wider than the RFC's tokens, PBXs send umlauts. */
const plainName = /^[^\x00-\x08\x0a-\x1f\x7f",:;<>@\\]*$/;
const absoluteUri = /^[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f"<>]+$/;

export function parseNameAddr(value: string): NameAddr | undefined {
  const text = trimBlank(value);
  if (!text.startsWith('"')) {
    const open = text.indexOf('<');
    if (open < 0) return parseAddrSpec(text);
    const name = trimBlank(text.slice(0, open));
    return plainName.test(name) ? parseBracketed(text, open, name || undefined) : undefined;
  }
  const close = closingQuote(text, 0);
  if (close < 0) return undefined;
  const open = text.indexOf('<', close);
  if (open < 0 || trimBlank(text.slice(close + 1, open)) !== '') return undefined;
  return parseBracketed(text, open, unquote(text.slice(0, close + 1)));
}

/** Always with angle brackets, so that no URI parameter is taken for one of the header. */
export function stringifyNameAddr(address: NameAddr): string {
  const name = address.displayName === undefined ? '' : `${quote(address.displayName)} `;
  return `${name}<${address.uri}>${stringifyParams(address.params)}`;
}

/** The address in a header that holds one: From, To, Refer-To, … */
export function addressOf(message: HasHeaders, name: string): NameAddr | undefined {
  const value = firstHeader(message, name);
  return value === undefined ? undefined : parseNameAddr(value);
}

/** The addresses of a list header: Contact, Route, Record-Route, P-Asserted-Identity, … */
export function addressesOf(message: HasHeaders, name: string): NameAddr[] | undefined {
  const addresses: NameAddr[] = [];
  const values = headerList(message, name);
  if (values === undefined) return undefined;
  for (const value of values) {
    const address = parseNameAddr(value);
    if (address === undefined) return undefined;
    addresses.push(address);
  }
  return addresses;
}

/** `'*'` stands for every binding and belongs in REGISTER only (RFC 3261 §10.2.2). */
export function contactsOf(message: HasHeaders): NameAddr[] | '*' | undefined {
  return firstHeader(message, 'Contact') === '*' ? '*' : addressesOf(message, 'Contact');
}

/** The tag of From or To; undefined when there is none, or none that can be read. */
export function tagOf(message: HasHeaders, name: 'From' | 'To'): string | undefined {
  return partyOf(message, name)?.params.get('tag');
}

/** The address in From or To. */
export function partyOf(message: HasHeaders, name: 'From' | 'To'): NameAddr | undefined {
  return parties[name](firstHeader(message, name) ?? '');
}

const parties = { From: keepingLast(parseNameAddr), To: keepingLast(parseNameAddr) };

function parseBracketed(
  text: string,
  open: number,
  name: string | undefined,
): NameAddr | undefined {
  const close = text.indexOf('>', open);
  if (close < 0) return undefined;
  const uri = text.slice(open + 1, close);
  const params = parseParams(text.slice(close + 1));
  if (!absoluteUri.test(uri) || params === undefined) return undefined;
  return name === undefined ? { uri, params } : { displayName: name, uri, params };
}

/**
 * Without brackets what follows the first `;` belongs to the header, and a URI that holds a comma
 * or a question mark is not allowed (RFC 3261 §20, RFC 4475 §3.1.2.13).
 */
function parseAddrSpec(text: string): NameAddr | undefined {
  const semicolon = text.indexOf(';');
  const uri = trimBlank(semicolon < 0 ? text : text.slice(0, semicolon));
  const params = parseParams(semicolon < 0 ? '' : text.slice(semicolon));
  if (params === undefined || !absoluteUri.test(uri) || /[,?]/.test(uri)) return undefined;
  return { uri, params };
}
