import { readFileSync } from 'node:fs';
import type { Address } from '../../src/phones/address.js';

/** Whether some process has bound this UDP port of this IPv4 address, as the kernel sees it. */
export function isBound(address: Address): boolean {
  const octets = address.host.split('.').map(Number).reverse();
  const hex = (value: number, digits: number): string =>
    value.toString(16).toUpperCase().padStart(digits, '0');
  const local = `${octets.map((octet) => hex(octet, 2)).join('')}:${hex(address.port, 4)}`;
  return readFileSync('/proc/net/udp', 'latin1').includes(` ${local} `);
}
