import { describe, expect, it } from 'vitest';
import { inSrvOrder } from '../../../../src/embedded/sip-server/dns/srv-order.js';

/** A small generator with a fixed seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const record = (name: string, priority: number, weight: number) => ({
  name,
  priority,
  weight,
  port: 5060,
});

describe('the order of SRV records (RFC 2782)', () => {
  const drawn = (records: ReturnType<typeof record>[], times = 10_000): Record<string, number> => {
    const random = seeded(4_711);
    const firsts: Record<string, number> = {};
    for (let time = 0; time < times; time += 1) {
      const name = inSrvOrder(records, random)[0]?.name ?? '';
      firsts[name] = (firsts[name] ?? 0) + 1;
    }
    return firsts;
  };

  it('follows the priorities, whatever the weights', () => {
    const records = [record('c', 30, 100), record('a', 10, 1), record('b', 20, 1_000)];
    expect(inSrvOrder(records, seeded(1)).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('puts each first in proportion to its weight', () => {
    const firsts = drawn([record('six', 1, 60), record('three', 1, 30), record('one', 1, 10)]);
    expect(Math.round((firsts['six'] ?? 0) / 1_000)).toBe(6);
    expect(Math.round((firsts['three'] ?? 0) / 1_000)).toBe(3);
    expect(Math.round((firsts['one'] ?? 0) / 1_000)).toBe(1);
  });

  it('gives weight 0 a small chance, and all of them when nothing has a weight', () => {
    const beside = drawn([record('idle', 1, 0), record('busy', 1, 99)]);
    expect(beside['idle']).toBeGreaterThan(0);
    expect(beside['idle']).toBeLessThan(300);
    expect(inSrvOrder([record('a', 1, 0), record('b', 1, 0)], seeded(1))).toHaveLength(2);
  });

  it('keeps every record once', () => {
    const records = Array.from({ length: 20 }, (_, at) => record(`h${at}`, at % 3, at));
    const ordered = inSrvOrder(records, seeded(2));
    expect(new Set(ordered).size).toBe(20);
    expect(ordered.map(({ priority }) => priority)).toEqual(
      records.map(({ priority }) => priority).sort((x, y) => x - y),
    );
  });
});
