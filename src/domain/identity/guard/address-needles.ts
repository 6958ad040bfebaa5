import { parseIpAddress } from '../ip-address.js';
import type { TextNeedle } from './text-needle.js';
import { isTrivial } from './trivial-words.js';

// Hold (RFC 3264 §8.4) and addresses that mean "myself" wherever they are read: they name nobody.
const NOBODY = new Set(['0.0.0.0', '::', '127.0.0.1', '::1', 'anonymous.invalid']);

const SHORTEST_HOST = 4;

/** What to look for of the other party's hosts, without those that this leg shares with it. */
export function addressNeedles(
  secret: readonly string[],
  permitted: readonly string[],
): TextNeedle[] {
  const shared = permitted.map(hostOf);
  return secret
    .map(hostOf)
    .filter((host) => !NOBODY.has(host))
    .filter((host) => !shared.some((own) => own === host || own.endsWith(`.${host}`)))
    .flatMap(needlesOf);
}

function needlesOf(host: string): TextNeedle[] {
  const kind = 'address';
  const family = parseIpAddress(host)?.family;
  if (family === 'IP6') return [{ text: host, kind, boundary: 'ip6', namesOnly: false }];
  if (family === 'IP4') {
    // Providers name hosts after their address: ip-192-0-2-7.
    return [
      { text: host, kind, boundary: 'ip4', namesOnly: false },
      { text: host.replaceAll('.', '-'), kind, boundary: 'token', namesOnly: false },
    ];
  }
  if (host.length < SHORTEST_HOST || isTrivial(host)) return [];
  return [{ text: host, kind, boundary: 'host', namesOnly: false }];
}

/** Host of `host`, `host:port`, `[v6]`, `[v6]:port` or bare IPv6; IP addresses in canonical form. */
export function hostOf(address: string): string {
  const text = address.trim().toLowerCase().replace(/\.$/, '');
  const bare = /^\[([^\]]*)\]/.exec(text)?.[1] ?? text;
  const host = parseIpAddress(bare) === undefined ? bare.replace(/:\d{1,5}$/, '') : bare;
  return parseIpAddress(host)?.text ?? host;
}
