import { describe, expect, it } from 'vitest';
import { TrunkTable } from '../../src/sip/trunk-table.js';
import { trunk } from '../support/call-house.js';

const named = (name: string, sources: readonly string[], listenPort?: number) =>
  trunk({ name, sources, listenPort });

function match(table: TrunkTable, address: string, port = 5060, localPort = 5060): string {
  return table
    .match({ address, port, localPort })
    .map(({ name }) => name)
    .join(' ');
}

describe('which trunk a packet comes from', () => {
  it('is told by its source, and by nothing else', () => {
    const table = new TrunkTable([named('a', ['203.0.113.5']), named('b', ['198.51.100.0/24'])]);
    expect(match(table, '203.0.113.5')).toBe('a');
    expect(match(table, '198.51.100.200')).toBe('b');
    expect(match(table, '203.0.113.6')).toBe('');
  });

  it('is the longest prefix, whatever the order', () => {
    const trunks = [
      named('world', ['0.0.0.0/0']),
      named('host', ['203.0.113.5']),
      named('net', ['203.0.113.0/24']),
    ];
    for (const table of [new TrunkTable(trunks), new TrunkTable([...trunks].reverse())]) {
      expect(match(table, '203.0.113.5')).toBe('host');
      expect(match(table, '203.0.113.6')).toBe('net');
      expect(match(table, '192.0.2.9')).toBe('world');
    }
  });

  it('is a longer prefix before a port, and a port before none', () => {
    const table = new TrunkTable([
      named('net with port', ['203.0.113.0/31:5070']),
      named('host', ['203.0.113.1']),
      named('host with port', ['203.0.113.1:5080']),
    ]);
    expect(match(table, '203.0.113.1', 5070)).toBe('host');
    expect(match(table, '203.0.113.1', 5080)).toBe('host with port');
    expect(match(table, '203.0.113.0', 5070)).toBe('net with port');
    expect(match(table, '203.0.113.0', 5071)).toBe('');
  });

  it('is told apart by the port of ours that it comes to', () => {
    const table = new TrunkTable([
      named('a', ['203.0.113.5'], 5061),
      named('b', ['203.0.113.5'], 5062),
      named('any', ['203.0.113.5']),
    ]);
    expect(match(table, '203.0.113.5', 5060, 5061)).toBe('a');
    expect(match(table, '203.0.113.5', 5060, 5062)).toBe('b');
    expect(match(table, '203.0.113.5', 5060, 5063)).toBe('any');
  });

  it('is all that match equally well, for credentials to tell apart', () => {
    const table = new TrunkTable([named('a', ['203.0.113.5']), named('b', ['203.0.113.5/32'])]);
    expect(match(table, '203.0.113.5')).toBe('a b');
  });

  it.each([
    ['2001:db8::5', '2001:db8::5'],
    ['2001:db8:0:0::/64', '2001:0db8:0000:0000:1:2:3:4'],
    ['[2001:db8::5]:5060', '2001:db8::5'],
    ['[2001:db8::/32]:5060', '2001:db8:1::9'],
    ['2001:db8::5', '2001:db8::5%eth0'],
  ])('is told in IPv6 too: %s for %s', (source, address) => {
    const table = new TrunkTable([named('six', [source])]);
    expect(match(table, address)).toBe('six');
    expect(match(table, '2001:dead::1')).toBe('');
    expect(match(table, '203.0.113.5')).toBe('');
  });

  it('takes an IPv4 peer on an IPv6 socket for what it is', () => {
    const table = new TrunkTable([named('four', ['203.0.113.0/24'])]);
    expect(match(table, '::ffff:203.0.113.7')).toBe('four');
  });

  it.each(['', 'a.host.example', '203.0.113.5; DROP', '300.0.0.1'])(
    'is none for a source that is no address: %j',
    (address) => {
      const table = new TrunkTable([named('world', ['0.0.0.0/0', '::/0'])]);
      expect(match(table, address)).toBe('');
    },
  );

  it.each([
    'sbc.carrier.example',
    '203.0.113.0/33',
    '203.0.113.0/',
    '203.0.113.0/-1',
    '203.0.113.5:sip',
    '2001:db8::/129',
    '203.0.113',
    '',
  ])('is not begun with a list that cannot be read: %j', (source) => {
    expect(() => new TrunkTable([named('x', [source])])).toThrow(RangeError);
  });
});
