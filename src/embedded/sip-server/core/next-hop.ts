import { isIP, isIPv6 } from 'node:net';
import { parseNameAddr } from '../message/name-addr.js';
import type { Hop, TransportProtocol } from '../message/sip-message.js';
import { bareHost, parseUri } from '../message/uri.js';

/** Where a URI points; unlike that of other hops its address may still be a name. */
export type Destination = Hop;

/** `tls` and the like: well formed, but nothing here can carry it. */
export type Unroutable = 'malformed' | 'unsupported transport';

/** Host, port and protocol of a SIP URI, with or without angle brackets (RFC 3263 §4.1, §4.2). */
export function destinationOf(text: string): Destination | Unroutable {
  const uri = parseUri(text.includes('<') ? (parseNameAddr(text)?.uri ?? '') : bracketed(text));
  if (uri?.kind !== 'sip') return 'malformed';
  const protocol = (uri.params.get('transport') ?? 'udp').toLowerCase();
  if (uri.scheme === 'sips' || !isProtocol(protocol)) return 'unsupported transport';
  return { protocol, address: bareHost(uri.host), port: uri.port ?? 5060 };
}

/** drachtio-srf names the IPv6 address a challenge came from without its brackets. */
function bracketed(text: string): string {
  const [, scheme, address, rest] = /^(sips?:)([0-9a-f:.]+)(:\d+(?:;.*)?)$/i.exec(text) ?? [];
  if (address === undefined || !isIPv6(address)) return text;
  return `${scheme ?? ''}[${address}]${rest ?? ''}`;
}

function isProtocol(text: string): text is TransportProtocol {
  return text === 'udp' || text === 'tcp';
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
