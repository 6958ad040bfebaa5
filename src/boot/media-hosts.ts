import type { Config, ListenAddress } from '../config/config.js';

/** From which addresses media servers send us SIP, as far as the configuration tells. */
export function mediaHosts({ media }: Pick<Config, 'media'>): string[] {
  if (media.engine === 'none') return [];
  const hosts = media.freeswitch.map(({ host }) => (host === 'localhost' ? '127.0.0.1' : host));
  return media.engine === 'embedded' ? ['127.0.0.1'] : hosts.filter(isAddress);
}

/**
 * Where the embedded SIP engine listens. Media servers are called by UDP over IPv4, on loopback as a
 * rule: where the configuration has no such listener, one is added that no other host can reach.
 */
export function sipListeners({ sip, media }: Pick<Config, 'sip' | 'media'>): ListenAddress[] {
  const able = sip.listen.some(
    ({ protocol, address }) => protocol === 'udp' && !address.includes(':'),
  );
  const own: ListenAddress = { protocol: 'udp', address: '127.0.0.1', port: 0 };
  return media.engine === 'none' || able ? [...sip.listen] : [...sip.listen, own];
}

const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host);
