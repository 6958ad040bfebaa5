import type { ListenAddress } from './config.js';

/** Reads `udp:0.0.0.0:5060` or `tcp:[::1]:5060`; undefined when the address or port cannot exist. */
export function parseListen(text: string): ListenAddress | undefined {
  const [, protocol, bracketed, plain, portText] =
    /^(udp|tcp):(?:\[([0-9a-fA-F:]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  const port = Number(portText);
  if (address === undefined || port > 65535) return undefined;
  if (plain?.split('.').some((octet) => Number(octet) > 255) === true) return undefined;
  return { protocol: protocol === 'tcp' ? 'tcp' : 'udp', address, port };
}
