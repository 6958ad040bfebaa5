import type { ListenAddress } from './config.js';

/** Reads `udp:0.0.0.0:5060` or `tls:[::1]:5061`; undefined when the address or port cannot exist. */
export function parseListen(text: string): ListenAddress | undefined {
  const [, protocol, bracketed, plain, portText] =
    /^(udp|tcp|tls|ws|wss):(?:\[([0-9a-fA-F:]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  const port = Number(portText);
  if (address === undefined || port > 65535) return undefined;
  if (plain?.split('.').some((octet) => Number(octet) > 255) === true) return undefined;
  return { protocol: protocol as ListenAddress['protocol'], address, port };
}
