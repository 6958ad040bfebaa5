import { isIP, isIPv6 } from 'node:net';
import type { Destination } from '../dns/server-locator.js';
import { parseNameAddr } from '../message/name-addr.js';
import { transportProtocols, type TransportProtocol } from '../message/sip-message.js';
import { bareHost, isHost, parseUri, type SipUri } from '../message/uri.js';

/** `sctp` and the like: well formed, but nothing here can carry it. */
export type Unroutable = 'malformed' | 'unsupported transport';

/** What a SIP URI says of where it points, with or without angle brackets (RFC 3263 §4). */
export function destinationOf(text: string): Destination | Unroutable {
  const uri = parseUri(text.includes('<') ? (parseNameAddr(text)?.uri ?? '') : bracketed(text));
  if (uri?.kind !== 'sip') return 'malformed';
  const protocol = transportOf(uri);
  if (protocol === 'none') return 'unsupported transport';
  // RFC 3263 §4: with maddr it is that host which is contacted.
  const host = uri.params.get('maddr') ?? uri.host;
  if (!isHost(host)) return 'malformed';
  return { protocol, address: bareHost(host), port: uri.port, secure: uri.scheme === 'sips' };
}

/** RFC 3261 §26.2.2: what `transport` means in a sips URI; over UDP there is no TLS. */
const secured = new Map<string, TransportProtocol>([
  ['tcp', 'tls'],
  ['tls', 'tls'],
  ['ws', 'wss'],
  ['wss', 'wss'],
]);

/** drachtio-srf names the IPv6 address a challenge came from without its brackets. */
function bracketed(text: string): string {
  const [, scheme, address, rest] = /^(sips?:)([0-9a-f:.]+)(:\d+(?:;.*)?)$/i.exec(text) ?? [];
  if (address === undefined || !isIPv6(address)) return text;
  return `${scheme ?? ''}[${address}]${rest ?? ''}`;
}

/** Undefined leaves the choice to DNS. */
function transportOf({ scheme, params }: SipUri): TransportProtocol | 'none' | undefined {
  const wanted = params.get('transport')?.toLowerCase();
  if (wanted === undefined) return undefined;
  if (scheme === 'sips') return secured.get(wanted) ?? 'none';
  return isProtocol(wanted) ? wanted : 'none';
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
