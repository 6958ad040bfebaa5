import { readFileSync } from 'node:fs';
import type { Address } from '../../src/phones/address.js';

/** Whether some process has bound this port, as the kernel sees it. */
export function isBound(address: Address, protocol: 'udp' | 'tcp'): boolean {
  const table = `/proc/net/${protocol}${address.host.includes(':') ? '6' : ''}`;
  const port = address.port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync(table, 'latin1')
    .split('\n')
    .slice(1)
    .some((line) => line.trim().split(/\s+/)[1]?.endsWith(`:${port}`));
}
