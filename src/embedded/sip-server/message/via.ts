import { isIP } from 'node:net';
import { allHeaders, firstHeader, indexOfHeader, type HasHeaders } from './headers.js';
import { keepingLast } from './last-read.js';
import { parseParams, stringifyParams, type Params } from './params.js';
import type { Hop, SipRequest } from './sip-message.js';
import { findOutside, isToken, parseDecimal, splitOutside, trimBlank } from './text.js';
import { bareHost, parseHostPort, parsePort } from './uri.js';

/** One Via value (RFC 3261 §20.42). */
export interface Via {
  /** As written: UDP, TCP, or any other token. */
  readonly transport: string;
  /** As written, an IPv6 reference with its brackets. */
  readonly host: string;
  readonly port?: number;
  readonly branch?: string;
  readonly received?: string;
  /** `true`: asked for but not filled in (RFC 3581 §3). */
  readonly rport?: number | true;
  readonly ttl?: number;
  readonly maddr?: string;
  /** Every other parameter. */
  readonly params: Params;
}

/** RFC 3261 §8.1.1.7: a branch that begins so identifies the transaction by itself. */
export const magicCookie = 'z9hG4bK';

const COMMA = 0x2c;
const named = ['branch', 'received', 'rport', 'ttl', 'maddr'] as const;
const sentProtocol = /^SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*([^ \t/]+)[ \t]+(.+)$/is;

export function parseVia(value: string): Via | undefined {
  const semicolon = value.indexOf(';');
  const head = trimBlank(semicolon < 0 ? value : value.slice(0, semicolon));
  const [, transport, sentBy] = sentProtocol.exec(head) ?? [];
  if (transport === undefined || sentBy === undefined || !isToken(transport)) return undefined;
  const server = parseHostPort(closedUp(sentBy));
  const params = parseParams(semicolon < 0 ? '' : value.slice(semicolon));
  if (server === undefined || params === undefined) return undefined;
  return { transport, ...server, ...namedParams(params), params: otherParams(params) };
}

/** LWS may stand around the colon of sent-by (COLON, RFC 3261 §25.1). */
function closedUp(sentBy: string): string {
  const colon = sentBy.indexOf(':', sentBy.indexOf(']') + 1);
  if (colon < 0) return sentBy;
  return `${trimBlank(sentBy.slice(0, colon))}:${trimBlank(sentBy.slice(colon + 1))}`;
}

export function stringifyVia(via: Via): string {
  const port = via.port === undefined ? '' : `:${via.port}`;
  const rport =
    via.rport === undefined ? '' : via.rport === true ? ';rport' : `;rport=${via.rport}`;
  return (
    `SIP/2.0/${via.transport} ${via.host}${port}` +
    optional('branch', via.branch) +
    optional('received', via.received) +
    rport +
    optional('ttl', via.ttl) +
    optional('maddr', via.maddr) +
    stringifyParams(via.params)
  );
}

/** The Via a response is matched by and a request was last sent with. */
export function topVia(message: HasHeaders): Via | undefined {
  const line = firstHeader(message, 'Via');
  return line === undefined ? undefined : readTop(line)?.via;
}

/** The first Via of a line, and where it ends there. */
const readTop = keepingLast((line: string): { via: Via; end: number } | undefined => {
  const end = findOutside(line, COMMA, 0);
  const via = end < 0 ? undefined : parseVia(line.slice(0, end));
  return via && { via, end };
});

/** Every Via value, top first; undefined when one is malformed. */
export function viasOf(message: HasHeaders): Via[] | undefined {
  const vias: Via[] = [];
  for (const line of allHeaders(message, 'Via')) {
    for (const value of splitOutside(line, ',') ?? ['']) {
      const via = parseVia(value);
      if (via === undefined) return undefined;
      vias.push(via);
    }
  }
  return vias;
}

/**
 * Marks the top Via of an arriving request with where it really came from: `received` when the
 * sent-by names another host (RFC 3261 §18.2.1) or when `rport` was asked for (RFC 3581 §4).
 * What a stranger wrote there himself is replaced. A Via we cannot read is left alone.
 */
export function stampVia(request: SipRequest, source: Hop): void {
  const at = indexOfHeader(request.headers, 'Via', 0);
  const line = request.headers[at]?.value;
  if (line === undefined) return;
  const top = readTop(line);
  if (top === undefined) return;
  const stamped = stampedVia(top.via, source);
  if (stamped === top.via) return;
  request.headers[at] = { name: 'Via', value: stringifyVia(stamped) + line.slice(top.end) };
}

function stampedVia(via: Via, source: Hop): Via {
  const { received: claimed, rport, ...kept } = via;
  // A link-local source carries the name of our interface, which is nobody's business.
  const [received = ''] = source.address.split('%');
  if (rport !== undefined) return { received, rport: source.port, ...kept };
  if (!sameAddress(via.host, received)) return { received, ...kept };
  return claimed === undefined ? via : kept;
}

/**
 * Where the responses to a request go: to the packet's source, address and port, as if every peer
 * had asked for rport. RFC 3261 §18.2.2 would rather follow maddr and the sent-by port, which lets
 * whoever writes a Via aim our answers at others. Over TCP the hop names the connection it came by.
 */
export function responseHop(source: Hop): Hop {
  return source;
}

/**
 * Where a response goes once the stream of its request has closed: to the same host, at the port of
 * sent-by (RFC 3261 §18.2.2). A browser listens nowhere.
 */
export function reopenedHop(request: SipRequest, source: Hop): Hop | undefined {
  const { protocol, address } = source;
  if (protocol !== 'tcp' && protocol !== 'tls') return undefined;
  const via = topVia(request);
  if (via === undefined) return undefined;
  const port = via.port ?? (protocol === 'tls' ? 5061 : 5060);
  const named = protocol === 'tls' && isIP(bareHost(via.host)) === 0;
  return { protocol, address, port, ...(named ? { domain: via.host } : {}) };
}

function sameAddress(host: string, address: string): boolean {
  return bareHost(host).toLowerCase() === address.toLowerCase();
}

function namedParams(params: Params): Partial<Via> {
  const branch = params.get('branch');
  const received = params.get('received');
  const ttl = parseDecimal(params.get('ttl') ?? '', 255);
  const maddr = params.get('maddr');
  return {
    ...(branch === undefined ? {} : { branch }),
    ...(received === undefined ? {} : { received }),
    // A value that is no port is as good as an empty one: it is we who fill it in.
    ...(params.has('rport') ? { rport: parsePort(params.get('rport') ?? '') ?? true } : {}),
    ...(ttl === undefined ? {} : { ttl }),
    ...(maddr === undefined ? {} : { maddr }),
  };
}

function otherParams(params: Params): Params {
  const others = new Map(params);
  for (const name of named) others.delete(name);
  return others;
}

function optional(name: string, value: string | number | undefined): string {
  return value === undefined ? '' : `;${name}=${value}`;
}
