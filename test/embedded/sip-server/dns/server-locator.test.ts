import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { destinationOf } from '../../../../src/embedded/sip-server/core/next-hop.js';
import { HostsFile } from '../../../../src/embedded/sip-server/dns/hosts-file.js';
import { nameServers } from '../../../../src/embedded/sip-server/dns/name-server.js';
import { ServerLocator } from '../../../../src/embedded/sip-server/dns/server-locator.js';
import type { Hop } from '../../../../src/embedded/sip-server/message/sip-message.js';
import { FakeTiming } from '../fake-timing.js';
import { a, naptr, srv, ZoneServer } from '../zone-server.js';

const aaaa = (name: string, data: string) => ({ type: 'AAAA' as const, name, data, ttl: 60 });

/** RFC 3263 against a real name server. */
describe('the servers of a SIP URI', () => {
  let server: ZoneServer;
  let usable: (hop: Hop) => boolean;
  let hosts: string;
  let folder: string;

  beforeEach(async () => {
    server = await ZoneServer.open();
    usable = ({ address }) => !address.includes(':');
    folder = await mkdtemp(join(tmpdir(), 'hosts-'));
    hosts = join(folder, 'hosts');
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const locator = (): ServerLocator =>
    new ServerLocator({
      timing: new FakeTiming(),
      ask: nameServers([server.address]),
      usable: (hop) => usable(hop),
      random: () => 0,
      hostsFile: new HostsFile(hosts),
    });

  /** As `udp 192.0.2.1 5060` each. */
  const serversOf = (uri: string, by = locator()): Promise<string[]> =>
    new Promise((resolve, reject) => {
      const destination = destinationOf(uri);
      if (typeof destination === 'string') reject(new Error(destination));
      else {
        by.locate(destination, (hops) => {
          resolve(hops.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`));
        });
      }
    });

  it.each([
    ['sip:192.0.2.1', 'udp 192.0.2.1 5060'],
    ['sip:192.0.2.1:5070', 'udp 192.0.2.1 5070'],
    ['sip:192.0.2.1;transport=tcp', 'tcp 192.0.2.1 5060'],
    ['sip:[2001:db8::1]', 'udp 2001:db8::1 5060'],
    ['sip:pbx.test;maddr=192.0.2.9', 'udp 192.0.2.9 5060'],
  ])('%s is %s, and nobody is asked', async (uri, expected) => {
    expect(await serversOf(uri)).toEqual([expected]);
    expect(server.asked).toEqual([]);
  });

  it('with a port are the addresses of the host, and no service is asked for', async () => {
    server.zone = [a('pbx.test', '192.0.2.1'), a('pbx.test', '192.0.2.2')];
    const found = await serversOf('sip:pbx.test:5070');
    expect(found.sort()).toEqual(['udp 192.0.2.1 5070', 'udp 192.0.2.2 5070']);
    expect(server.asked).toEqual(['A pbx.test']);
  });

  it('with a transport are those of its service', async () => {
    server.zone = [
      srv('_sip._tcp.test', 5070, 'pbx.test'),
      srv('_sip._udp.test', 5080, 'pbx.test'),
      a('pbx.test', '192.0.2.1'),
    ];
    expect(await serversOf('sip:test;transport=tcp')).toEqual(['tcp 192.0.2.1 5070']);
  });

  it('are those of the transport that the domain prefers among ours', async () => {
    server.zone = [
      naptr('test', 'SIPS+D2T', '_sips._tcp.test', 1),
      naptr('test', 'SIP+D2T', 'tcp.sip.test', 2),
      naptr('test', 'SIP+D2U', '_sip._udp.test', 3),
      { ...naptr('test', 'E2U+sip', 'elsewhere.test', 0) },
      srv('tcp.sip.test', 5070, 'pbx.test'),
      srv('_sip._udp.test', 5080, 'pbx.test'),
      a('pbx.test', '192.0.2.1'),
    ];
    expect(await serversOf('sip:test')).toEqual(['tcp 192.0.2.1 5070']);
  });

  it('of sips are those over TLS only, whatever the domain prefers', async () => {
    server.zone = [
      naptr('test', 'SIP+D2U', '_sip._udp.test', 1),
      naptr('test', 'SIP+D2T', '_sip._tcp.test', 2),
      naptr('test', 'SIPS+D2T', 'tls.sip.test', 3),
      srv('_sip._udp.test', 5080, 'pbx.test'),
      srv('_sip._tcp.test', 5080, 'pbx.test'),
      srv('tls.sip.test', 5071, 'pbx.test'),
      a('pbx.test', '192.0.2.1'),
    ];
    expect(await serversOf('sips:test')).toEqual(['tls 192.0.2.1 5071']);
    expect(server.asked.join(' ')).not.toMatch(/_sip\._(udp|tcp)/);
    server.zone = [
      srv('_sip._udp.other', 5080, 'pbx.test'),
      srv('_sip._tcp.other', 5080, 'pbx.test'),
      srv('_sips._tcp.other', 5072, 'pbx.test'),
      a('pbx.test', '192.0.2.1'),
    ];
    expect(await serversOf('sips:other')).toEqual(['tls 192.0.2.1 5072']);
  });

  it('without NAPTR are those of UDP before those of TCP', async () => {
    server.zone = [srv('_sip._tcp.test', 5070, 'pbx.test'), a('pbx.test', '192.0.2.1')];
    expect(await serversOf('sip:test')).toEqual(['tcp 192.0.2.1 5070']);
    server.zone.push(srv('_sip._udp.test', 5080, 'pbx.test'));
    expect(await serversOf('sip:test')).toEqual(['udp 192.0.2.1 5080']);
  });

  it('without any service are the host itself', async () => {
    server.zone = [a('test', '192.0.2.1')];
    expect(await serversOf('sip:test')).toEqual(['udp 192.0.2.1 5060']);
    expect(await serversOf('sip:test;transport=tcp')).toEqual(['tcp 192.0.2.1 5060']);
  });

  it('are none when the service is decidedly not offered, or leads nowhere', async () => {
    server.zone = [srv('_sip._udp.test', 0, '.'), a('test', '192.0.2.1')];
    expect(await serversOf('sip:test;transport=udp')).toEqual([]);
    server.zone = [srv('_sip._udp.test', 5060, 'nobody.test'), a('test', '192.0.2.1')];
    expect(await serversOf('sip:test')).toEqual([]);
  });

  it('come by priority, and each with all its addresses', async () => {
    server.zone = [
      srv('_sip._udp.test', 5060, 'second.test', { priority: 20 }),
      srv('_sip._udp.test', 5061, 'first.test', { priority: 10 }),
      a('first.test', '192.0.2.1'),
      a('first.test', '192.0.2.2'),
      a('second.test', '192.0.2.3'),
    ];
    const found = await serversOf('sip:test');
    expect(found.slice(0, 2).sort()).toEqual(['udp 192.0.2.1 5061', 'udp 192.0.2.2 5061']);
    expect(found[2]).toBe('udp 192.0.2.3 5060');
  });

  it('are of both families where we have both, IPv6 first (RFC 7984)', async () => {
    server.zone = [a('test', '192.0.2.1'), aaaa('test', '2001:db8::1')];
    expect(await serversOf('sip:test:5060')).toEqual(['udp 192.0.2.1 5060']);
    usable = () => true;
    expect(await serversOf('sip:test:5060')).toEqual([
      'udp 2001:db8::1 5060',
      'udp 192.0.2.1 5060',
    ]);
  });

  it('are at most 16, whatever the zone holds', async () => {
    for (let host = 1; host <= 12; host += 1) {
      server.zone.push(srv('_sip._udp.test', 5060, `h${host}.test`));
      for (let of = 0; of < 4; of += 1) server.zone.push(a(`h${host}.test`, `192.0.${of}.${host}`));
    }
    expect(await serversOf('sip:test;transport=udp')).toHaveLength(16);
  });

  it('in the hosts file are decided there, and nobody is asked', async () => {
    await writeFile(hosts, '# ours\n192.0.2.77  pbx.test pbx # the PBX\n');
    const by = locator();
    expect(await serversOf('sip:PBX', by)).toEqual(['udp 192.0.2.77 5060']);
    expect(await serversOf('sip:pbx.test;transport=tcp', by)).toEqual(['tcp 192.0.2.77 5060']);
    expect(server.asked).toEqual([]);
  });
});
