import { isIP, isIPv6 } from 'node:net';
import { parseNameAddr } from '../message/name-addr.js';
import { transportProtocols, type Hop, type TransportProtocol } from '../message/sip-message.js';
import { bareHost, parseUri, type SipUri } from '../message/uri.js';

/** Where a URI points; unlike that of other hops its address may still be a name. */
export type Destination = Hop;

/** `sctp` and the like: well formed, but nothing here can carry it. */
export type Unroutable = 'malformed' | 'unsupported transport';

/** Host, port and protocol of a SIP URI, with or without angle brackets (RFC 3263 §4.1, §4.2). */
export function destinationOf(text: string): Destination | Unroutable {
  const uri = parseUri(text.includes('<') ? (parseNameAddr(text)?.uri ?? '') : bracketed(text));
  if (uri?.kind !== 'sip') return 'malformed';
  const protocol = transportOf(uri);
  if (protocol === undefined) return 'unsupported transport';
  const address = bareHost(uri.host);
  const port = uri.port ?? defaultPorts[protocol];
  const named = protocol === 'tls' && isIP(address) === 0;
  return { protocol, address, port, ...(named ? { domain: address } : {}) };
}

const defaultTransport = { sip: 'udp', sips: 'tls' } as const;
/** RFC 3261 §26.2.2: what `transport` means in a sips URI; over UDP there is no TLS. */
const secured = new Map<string, TransportProtocol>([
  ['tcp', 'tls'],
  ['tls', 'tls'],
  ['ws', 'wss'],
  ['wss', 'wss'],
]);
const defaultPorts = { udp: 5060, tcp: 5060, tls: 5061, ws: 80, wss: 443 } as const;

/** drachtio-srf names the IPv6 address a challenge came from without its brackets. */
function bracketed(text: string): string {
  const [, scheme, address, rest] = /^(sips?:)([0-9a-f:.]+)(:\d+(?:;.*)?)$/i.exec(text) ?? [];
  if (address === undefined || !isIPv6(address)) return text;
  return `${scheme ?? ''}[${address}]${rest ?? ''}`;
}

function transportOf({ scheme, params }: SipUri): TransportProtocol | undefined {
  const wanted = (params.get('transport') ?? defaultTransport[scheme]).toLowerCase();
  if (scheme === 'sips') return secured.get(wanted);
  return isProtocol(wanted) ? wanted : undefined;
}

function isProtocol(text: string): text is TransportProtocol {
  return (transportProtocols as readonly string[]).includes(text);
}

export function isNumeric(destination: Destination): boolean {
  return isIP(destination.address) !== 0;
}

/** RFC 1918, RFC 6598, RFC 4193 and link-local: an address that means nothing elsewhere. */
export function isPrivate(address: string): boolean {
  return /^(10\.|127\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe80:|::1$)/i.test(
    address,
  );
}
