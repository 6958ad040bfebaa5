import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * What peers are told for a listener: the configured address if it is a name or of the listener's
 * family, else the bound one, and for a wildcard the first address other hosts could reach.
 */
export function externalAddressFor(bound: string, configured: string | undefined): string {
  if (configured !== undefined && [0, isIP(bound)].includes(isIP(configured))) return configured;
  if (bound !== '0.0.0.0' && bound !== '::') return bound;
  return firstReachable(bound === '::' ? 'IPv6' : 'IPv4') ?? (bound === '::' ? '::1' : '127.0.0.1');
}

function firstReachable(family: 'IPv4' | 'IPv6'): string | undefined {
  for (const addresses of Object.values(networkInterfaces())) {
    for (const entry of addresses ?? []) {
      const linkLocal = entry.scopeid !== undefined && entry.scopeid !== 0;
      if (entry.family === family && !entry.internal && !linkLocal) return entry.address;
    }
  }
  return undefined;
}
