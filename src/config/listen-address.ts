import { z } from 'zod';
import type { ListenAddress } from './config.js';

/** Reads `udp:0.0.0.0:5060` or `tls:[::1]:5061`; undefined when the address or port cannot exist. */
export function parseListen(text: string): ListenAddress | undefined {
  const [, protocol, bracketed, plain, portText] =
    /^(udp|tcp|tls|ws|wss):(?:\[([0-9a-fA-F:]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  const port = Number(portText);
  if (address === undefined || !isAddress(address) || port > 65535) return undefined;
  return { protocol: protocol as ListenAddress['protocol'], address, port };
}

/** Whether `10.0.0.2`, `10.0.0.2:53` or `[2001:db8::53]:53` can be asked: it exists, and so does its port. */
export function isNameServer(text: string): boolean {
  const [, bracketed, plain, port] =
    /^(?:\[([0-9a-fA-F:]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (!isAddress(bracketed ?? plain ?? '')) return false;
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65535);
}

/**
 * Whether both cannot be open at once: one port of one address, or of an address and of all of its
 * family. All but udp are TCP to the system. Port 0 is another one each time.
 */
export function clash(one: ListenAddress, other: ListenAddress): boolean {
  if (one.port === 0 || one.port !== other.port) return false;
  if ((one.protocol === 'udp') !== (other.protocol === 'udp')) return false;
  const [a, b] = [canonical(one.address), canonical(other.address)];
  if (a.includes(':') !== b.includes(':')) return false;
  return a === b || ALL.has(a) || ALL.has(b);
}

const ALL: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** The URL parser knows every spelling of IPv6 and answers the canonical one. */
const canonical = (address: string): string =>
  address.includes(':') ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;

const address = z.union([z.ipv4(), z.ipv6()]);
const isAddress = (text: string): boolean => address.safeParse(text).success;
