import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nameServers, type Ask } from '../../../../src/embedded/sip-server/dns/name-server.js';
import { RecordCache } from '../../../../src/embedded/sip-server/dns/record-cache.js';
import { FakeTiming } from '../fake-timing.js';
import { a, srv, ZoneServer } from '../zone-server.js';

/** The cache in front of a real name server; only its clock is moved by hand. */
describe('DNS records', () => {
  let server: ZoneServer;
  let timing: FakeTiming;
  let records: RecordCache;

  beforeEach(async () => {
    server = await ZoneServer.open([a('pbx.test', '192.0.2.7', 20)]);
    timing = new FakeTiming();
    records = new RecordCache(timing, nameServers([server.address]));
  });
  afterEach(() => server.close());

  const addresses = (name: string): Promise<readonly string[]> =>
    new Promise((resolve) => {
      records.get('A', name, resolve);
    });

  it('are asked for once, however many wait, and kept for their TTL', async () => {
    const answers = await Promise.all([addresses('pbx.test'), addresses('PBX.test')]);
    expect(answers).toEqual([['192.0.2.7'], ['192.0.2.7']]);
    server.zone = [a('pbx.test', '192.0.2.8', 20)];
    timing.advance(19_999);
    expect(await addresses('pbx.test')).toEqual(['192.0.2.7']);
    expect(server.asked).toEqual(['A pbx.test']);
    timing.advance(1);
    expect(await addresses('pbx.test')).toEqual(['192.0.2.8']);
  });

  it('that change with every answer still hold for a second, and none holds for ever', async () => {
    server.zone = [a('now.test', '192.0.2.1', 0), a('always.test', '192.0.2.1', 2_000_000)];
    await addresses('now.test');
    await addresses('now.test');
    await addresses('always.test');
    expect(server.asked).toEqual(['A now.test', 'A always.test']);
    timing.advance(3_600_000);
    await addresses('always.test');
    expect(server.asked).toHaveLength(3);
  });

  it('that do not exist are not asked for again for ten seconds', async () => {
    expect(await addresses('nobody.test')).toEqual([]);
    timing.advance(9_999);
    expect(await addresses('nobody.test')).toEqual([]);
    expect(server.asked).toEqual(['A nobody.test']);
    server.zone.push(a('nobody.test', '192.0.2.9'));
    timing.advance(1);
    expect(await addresses('nobody.test')).toEqual(['192.0.2.9']);
  });

  it('that were known are used on when the server fails, for a day', async () => {
    await addresses('pbx.test');
    server.mischief = 'servfail';
    timing.advance(60_000);
    expect(await addresses('pbx.test')).toEqual(['192.0.2.7']);
    timing.advance(86_400_000);
    expect(await addresses('pbx.test')).toEqual([]);
  });

  it('that existed and were taken away are gone', async () => {
    await addresses('pbx.test');
    server.zone = [];
    timing.advance(20_000);
    expect(await addresses('pbx.test')).toEqual([]);
  });

  it('of a silent server keep nobody longer than two seconds, and nobody else at all', async () => {
    server.mischief = 'silence';
    const waiting = addresses('pbx.test');
    timing.advance(2_000);
    expect(await waiting).toEqual([]);
    // Within five seconds nobody waits again.
    expect(await addresses('pbx.test')).toEqual([]);
    expect(server.asked.filter((one) => one === 'A pbx.test').length).toBeLessThanOrEqual(1);
  });

  it.each(['garbage', 'other-question'] as const)('are not taken from %s', async (mischief) => {
    server.mischief = mischief;
    const waiting = addresses('pbx.test');
    await new Promise((resolve) => setTimeout(resolve, 100));
    timing.advance(2_000);
    expect(await waiting).toEqual([]);
  });

  it('too long for a datagram come over TCP', async () => {
    server.mischief = 'truncate';
    expect(await addresses('pbx.test')).toEqual(['192.0.2.7']);
    expect(server.asked).toEqual(['A pbx.test', 'tcp A pbx.test']);
  });

  it('are found through aliases, but not through a circle of them', async () => {
    const alias = (name: string, data: string) => ({ type: 'CNAME' as const, name, data, ttl: 60 });
    server.zone.push(alias('sip.test', 'pbx.test'), alias('x.test', 'y.test'));
    server.zone.push(alias('y.test', 'x.test'));
    expect(await addresses('sip.test')).toEqual(['192.0.2.7']);
    expect(await addresses('x.test')).toEqual([]);
  });

  it('are at most 32 of a name', async () => {
    server.mischief = 'truncate';
    for (let host = 1; host <= 200; host += 1) server.zone.push(a('many.test', `192.0.2.${host}`));
    expect(await addresses('many.test')).toHaveLength(32);
  });

  it('of services are asked for again after a minute, whatever their TTL', async () => {
    server.zone.push(srv('_sip._udp.test', 5060, 'pbx.test', { weight: 7 }));
    const ask = (): Promise<unknown> =>
      new Promise((resolve) => {
        records.get('SRV', '_sip._udp.test', resolve);
      });
    expect(await ask()).toEqual([{ priority: 1, weight: 7, port: 5060, name: 'pbx.test' }]);
    timing.advance(59_999);
    await ask();
    expect(server.asked).toHaveLength(1);
    timing.advance(1);
    await ask();
    expect(server.asked).toHaveLength(2);
  });
});

describe('questions to name servers', () => {
  it('are bounded: at 256 under way the next one is told nothing at once', () => {
    const timing = new FakeTiming();
    let asked = 0;
    const ask = (() => {
      asked += 1;
      return new Promise(() => undefined);
    }) as unknown as Ask;
    const records = new RecordCache(timing, ask);
    const told: unknown[] = [];
    for (let name = 0; name < 300; name += 1) {
      records.get('A', `n${name}.test`, (found) => told.push(found));
    }
    expect([asked, told.length]).toEqual([256, 44]);
    timing.advance(2_000);
    expect([told.length, timing.pending]).toEqual([300, 0]);
  });
});
