import { beforeEach, describe, expect, it } from 'vitest';
import { Resolver } from '../../../../src/embedded/sip-server/core/resolver.js';
import { FakeTiming } from '../fake-timing.js';

/** Look-ups that are answered by hand. */
describe('the resolver', () => {
  let timing: FakeTiming;
  let asked: { name: string; answer: (addresses: string[]) => void; fail: () => void }[];
  let resolver: Resolver;
  let found: string[];

  beforeEach(() => {
    timing = new FakeTiming();
    asked = [];
    found = [];
    const usable = ({ address }: { address: string }): boolean => !address.includes(':');
    resolver = new Resolver(timing, usable, (name) => {
      return new Promise((answer, reject) => {
        asked.push({ name, answer, fail: () => reject(new Error('ENOTFOUND')) });
      });
    });
  });

  function ask(address: string, label = address): void {
    resolver.resolve({ protocol: 'udp', address, port: 5060 }, (hop) => {
      found.push(`${label} ${hop?.address ?? 'nowhere'}`);
    });
  }

  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('asks nobody for a numeric address', () => {
    ask('192.0.2.1');
    ask('::1');
    expect([found, asked]).toEqual([['192.0.2.1 192.0.2.1', '::1 ::1'], []]);
  });

  it('asks once for a name that many wait for, and answers them in order', async () => {
    for (const label of ['first', 'second', 'third']) ask('pbx', label);
    expect(asked).toHaveLength(1);
    asked[0]!.answer(['::7', '192.0.2.7']);
    await settled();
    expect(found).toEqual(['first 192.0.2.7', 'second 192.0.2.7', 'third 192.0.2.7']);
    ask('pbx', 'later');
    expect(found.at(-1)).toBe('later 192.0.2.7');
    expect([asked.length, timing.pending]).toEqual([1, 0]);
  });

  it('gives up after two seconds and does not ask again at once', () => {
    ask('dead');
    timing.advance(2_000);
    ask('dead');
    expect(found).toEqual(['dead nowhere', 'dead nowhere']);
    timing.advance(5_001);
    ask('dead');
    expect(asked).toHaveLength(2);
  });

  it('goes on with what it knew when the name server is gone', async () => {
    ask('pbx');
    asked[0]!.answer(['192.0.2.7']);
    await settled();
    timing.advance(60_000);
    ask('pbx', 'stale');
    asked[1]!.fail();
    await settled();
    expect(found).toEqual(['pbx 192.0.2.7', 'stale 192.0.2.7']);
  });

  it('asks for three names at a time, and for the next when one is answered', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) ask(name);
    expect(asked.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    asked[1]!.answer(['192.0.2.2']);
    await settled();
    expect(asked.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    timing.advance(2_000);
    expect(found).toContain('e nowhere');
    asked[0]!.fail();
    await settled();
    expect(asked.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  });
});
