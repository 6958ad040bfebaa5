import { parseIpAddress } from '../ip-address.js';
import type { TextNeedle } from './text-needle.js';
import { isTrivial } from './trivial-words.js';

// Hold (RFC 3264 §8.4) and addresses that mean "myself" wherever they are read: they name nobody.
const NOBODY = new Set(['0.0.0.0', '::', '127.0.0.1', '::1', 'anonymous.invalid']);

const SHORTEST_HOST = 4;

/** What to look for of one host of the other party; nothing when this leg shares it. */
export function addressNeedles(address: string, shared: ReadonlySet<string>): TextNeedle[] {
  const host = hostOf(address);
  return NOBODY.has(host) || isShared(host, shared) ? [] : needlesOf(host);
}

/** Whether this leg rightly says the host, or a name within its domain. */
export function isShared(host: string | undefined, shared: ReadonlySet<string>): boolean {
  if (host === undefined) return false;
  if (shared.has(host)) return true;
  const domain = `.${host}`;
  for (const own of shared) if (own.endsWith(domain)) return true;
  return false;
}

function needlesOf(host: string): TextNeedle[] {
  const family = parseIpAddress(host)?.family;
  if (family === 'IP6') return [addressNeedle(host, host, 'ip6')];
  if (family === 'IP4') {
    // Providers name hosts after their address: ip-192-0-2-7.
    return [
      addressNeedle(host, host, 'ip4'),
      addressNeedle(host, host.replaceAll('.', '-'), 'token'),
    ];
  }
  if (host.length < SHORTEST_HOST || isTrivial(host)) return [];
  return [addressNeedle(host, host, 'host')];
}

function addressNeedle(host: string, text: string, boundary: TextNeedle['boundary']): TextNeedle {
  return { text, kind: 'address', boundary, host, namesOnly: false };
}

/** Host of `host`, `host:port`, `[v6]`, `[v6]:port` or bare IPv6; IP addresses in canonical form. */
export function hostOf(address: string): string {
  const text = address.trim().toLowerCase().replace(/\.$/, '');
  const bare = /^\[([^\]]*)\]/.exec(text)?.[1] ?? text;
  const host = parseIpAddress(bare) === undefined ? bare.replace(/:\d{1,5}$/, '') : bare;
  return parseIpAddress(host)?.text ?? host;
}
