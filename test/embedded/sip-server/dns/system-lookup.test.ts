import { describe, expect, it } from 'vitest';
import type { Ask } from '../../../../src/embedded/sip-server/dns/name-server.js';
import { RecordCache } from '../../../../src/embedded/sip-server/dns/record-cache.js';
import { SystemLookup } from '../../../../src/embedded/sip-server/dns/system-lookup.js';
import { FakeTiming } from '../fake-timing.js';

type Answer = { address: string }[] | Error;

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** A system whose answers are given by hand. */
function system() {
  const asked: { name: string; answer: (answer: Answer) => void }[] = [];
  const lookup = new SystemLookup(
    (name) =>
      new Promise((resolve, reject) => {
        const answer = (one: Answer): void => {
          if (one instanceof Error) reject(one);
          else resolve(one);
        };
        asked.push({ name, answer });
      }),
  );
  return { asked, lookup };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("the system's own look-up", () => {
  it.each(['ENOTFOUND', 'ENODATA', 'EAI_ADDRFAMILY'])('finds nothing at %s', async (code) => {
    const { asked, lookup } = system();
    const found = lookup.addresses(4, 'pbx.test');
    await settled();
    asked[0]?.answer(failure(code));
    expect(await found).toEqual([]);
  });

  it('is asked for two names at a time, and the others in the order they came', async () => {
    const { asked, lookup } = system();
    const found = ['a', 'b', 'c', 'd'].map((name) => lookup.addresses(4, name));
    await settled();
    expect(asked.map(({ name }) => name)).toEqual(['a', 'b']);
    for (let at = 0; at < 4; at += 1) {
      asked[at]?.answer([{ address: `192.0.2.${at}` }]);
      await settled();
    }
    expect(asked.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect((await Promise.all(found)).flat()).toEqual([
      '192.0.2.0',
      '192.0.2.1',
      '192.0.2.2',
      '192.0.2.3',
    ]);
    void lookup.addresses(4, 'later');
    await settled();
    expect(asked).toHaveLength(5);
  });

  it('takes in no more than 32 that wait', async () => {
    const { lookup } = system();
    for (let at = 0; at < 34; at += 1) void lookup.addresses(4, `n${at}`);
    await expect(lookup.addresses(4, 'late')).rejects.toThrow('too many names');
  });

  it('that fails or has no time leaves what was known in use', async () => {
    const { asked, lookup } = system();
    const ask = (async (_: 'A', name: string) => ({
      records: await lookup.addresses(4, name),
      ttlSeconds: 20,
    })) as unknown as Ask;
    const timing = new FakeTiming();
    const records = new RecordCache(timing, ask);
    const told: unknown[] = [];
    const get = async (name: string): Promise<void> => {
      records.get('A', name, (found) => told.push(found));
      await settled();
    };
    await get('pbx.test');
    asked[0]?.answer([{ address: '192.0.2.7' }]);
    await settled();
    timing.advance(20_000);
    await get('pbx.test');
    asked[1]?.answer(failure('EAI_AGAIN'));
    await settled();
    expect(told).toEqual([['192.0.2.7'], ['192.0.2.7']]);
    timing.advance(30_000);
    for (const name of ['slow.test', 'slower.test', 'pbx.test']) await get(name);
    timing.advance(2_000);
    expect(told.slice(2)).toEqual([[], [], ['192.0.2.7']]);
  });
});
