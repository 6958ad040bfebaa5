import { isIPv6 } from 'node:net';
import type { Params } from './params.js';
import { parseDecimal } from './text.js';

/** A sip: or sips: URI (RFC 3261 §19.1); user, password, parameters and headers stay escaped. */
export interface SipUri {
  readonly kind: 'sip';
  readonly scheme: 'sip' | 'sips';
  readonly user?: string;
  readonly password?: string;
  /** As written, an IPv6 reference with its brackets. */
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A tel: URI (RFC 3966): `number` keeps its visual separators. */
export interface TelUri {
  readonly kind: 'tel';
  readonly number: string;
  readonly params: Params;
}

/** A well-formed URI of a scheme we do not route: the answer is 416, not 400. */
export interface OtherUri {
  readonly kind: 'other';
  readonly scheme: string;
  readonly rest: string;
}

export type Uri = SipUri | TelUri | OtherUri;

const forbidden = /[\x00-\x20\x7f"<>\\^`{|}]/;
const schemeName = /^[A-Za-z][A-Za-z0-9+.-]*$/;
const hostName = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/;
const phoneNumber = /^\+?[0-9A-Fa-f*#().-]+$/;

export function parseUri(text: string): Uri | undefined {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(colon, 0));
  const rest = text.slice(colon + 1);
  if (!schemeName.test(scheme) || rest === '' || forbidden.test(rest)) return undefined;
  const lower = scheme.toLowerCase();
  if (lower === 'sip' || lower === 'sips') return parseSip(lower, rest);
  if (lower === 'tel') return parseTel(rest);
  return { kind: 'other', scheme: lower, rest };
}

export function stringifyUri(uri: Uri): string {
  switch (uri.kind) {
    case 'sip':
      return stringifySip(uri);
    case 'tel':
      return `tel:${uri.number}${stringifyUriParams(uri.params)}`;
    case 'other':
      return `${uri.scheme}:${uri.rest}`;
  }
}

/** `host` of a SIP URI or Via as an address to connect to: an IPv6 reference without brackets. */
export function bareHost(host: string): string {
  return host.startsWith('[') ? withoutThirdColon(host.slice(1, -1)) : host;
}

/**
 * RFC 3261 §25.1 derives `2001:db8:::192.0.2.1`, which is no address: RFC 5118 §4.10 has us take it
 * for `2001:db8::192.0.2.1`, so before an IPv4 address three colons are two.
 */
function withoutThirdColon(address: string): string {
  return address.includes('.') ? address.replace(/:::(?=[0-9.]+$)/, '::') : address;
}

/** An address as a URI or Via writes it: IPv6 in brackets. */
export function hostReference(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}

/** A host name, an IPv4 address or a bracketed IPv6 address. */
export function isHost(text: string): boolean {
  if (!text.startsWith('[')) return hostName.test(text);
  return text.endsWith(']') && isIPv6(bareHost(text));
}

/** A port that can be connected to: 1 to 65535. */
export function parsePort(text: string): number | undefined {
  const port = parseDecimal(text, 65_535);
  return port === 0 ? undefined : port;
}

function parseSip(scheme: 'sip' | 'sips', rest: string): SipUri | undefined {
  // The user part may hold `;` and `?` (RFC 4475 §3.1.1.9), so the @ is looked for first.
  const at = rest.indexOf('@');
  const user = at < 0 ? {} : parseUserInfo(rest.slice(0, at));
  const afterUser = rest.slice(at + 1);
  const question = afterUser.indexOf('?');
  const beforeHeaders = question < 0 ? afterUser : afterUser.slice(0, question);
  const semicolon = beforeHeaders.indexOf(';');
  const server = parseHostPort(semicolon < 0 ? beforeHeaders : beforeHeaders.slice(0, semicolon));
  const params = parseUriParams(semicolon < 0 ? '' : beforeHeaders.slice(semicolon));
  const headers = question < 0 ? [] : parseUriHeaders(afterUser.slice(question + 1));
  if (!user || !server || !params || !headers) return undefined;
  return { kind: 'sip', scheme, ...user, ...server, params, headers };
}

function parseUserInfo(text: string): Pick<SipUri, 'user' | 'password'> | undefined {
  const colon = text.indexOf(':');
  const user = colon < 0 ? text : text.slice(0, colon);
  if (user === '') return undefined;
  return colon < 0 ? { user } : { user, password: text.slice(colon + 1) };
}

/** `host`, `host:port`, `[v6]` or `[v6]:port`; shared with Via's sent-by. */
export function parseHostPort(text: string): Pick<SipUri, 'host' | 'port'> | undefined {
  const colon = text.indexOf(':', text.indexOf(']') + 1);
  const host = colon < 0 ? text : text.slice(0, colon);
  if (!isHost(host)) return undefined;
  if (colon < 0) return { host };
  const port = parsePort(text.slice(colon + 1));
  return port === undefined ? undefined : { host, port };
}

function parseUriParams(text: string): Params | undefined {
  const params = new Map<string, string | undefined>();
  if (text === '') return params;
  if (text.includes('@')) return undefined;
  for (const part of text.slice(1).split(';')) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).toLowerCase();
    if (name === '') return undefined;
    if (!params.has(name)) params.set(name, equals < 0 ? undefined : part.slice(equals + 1));
  }
  return params;
}

function parseUriHeaders(text: string): SipUri['headers'] | undefined {
  const headers: (readonly [string, string])[] = [];
  for (const part of text.split('&')) {
    const equals = part.indexOf('=');
    if (equals < 1 || part.includes('@')) return undefined;
    headers.push([part.slice(0, equals), part.slice(equals + 1)]);
  }
  return headers;
}

function parseTel(rest: string): TelUri | undefined {
  const semicolon = rest.indexOf(';');
  const number = semicolon < 0 ? rest : rest.slice(0, semicolon);
  const params = parseUriParams(semicolon < 0 ? '' : rest.slice(semicolon));
  return params && phoneNumber.test(number) ? { kind: 'tel', number, params } : undefined;
}

function stringifySip(uri: SipUri): string {
  const password = uri.password === undefined ? '' : `:${uri.password}`;
  const user = uri.user === undefined ? '' : `${uri.user}${password}@`;
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  const headers = uri.headers.map(([name, value]) => `${name}=${value}`).join('&');
  const query = headers === '' ? '' : `?${headers}`;
  return `${uri.scheme}:${user}${uri.host}${port}${stringifyUriParams(uri.params)}${query}`;
}

function stringifyUriParams(params: Params): string {
  let text = '';
  for (const [name, value] of params)
    text += value === undefined ? `;${name}` : `;${name}=${value}`;
  return text;
}
