import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { NoPortLeft, PortPool } from '../../../../src/embedded/media-server/rtp/port-pool.js';
import { openSocketPair } from '../../../../src/embedded/media-server/rtp/socket-pair.js';

const range = { address: '127.0.0.1', lowest: 20_001, highest: 20_011 };

describe('the ports of media', () => {
  it('are pairs of an even port and the odd one above it, each given to one call', () => {
    const pool = new PortPool(range);
    const taken = Array.from({ length: 5 }, () => pool.take());
    expect(taken.toSorted()).toEqual([20_002, 20_004, 20_006, 20_008, 20_010]);
    expect(pool.taken).toBe(5);
    expect(() => pool.take()).toThrow(NoPortLeft);
  });

  it('are drawn by lot', () => {
    const wide = { ...range, lowest: 20_000, highest: 29_999 };
    const firsts = Array.from({ length: 8 }, () => new PortPool(wide).take());
    expect(new Set(firsts).size).toBeGreaterThan(4);
  });

  it('rest after a call, so that the next one does not hear its media', () => {
    const clock = { ms: 0 };
    const pool = new PortPool({ ...range, restMs: 5_000 }, () => clock.ms);
    const taken = Array.from({ length: 5 }, () => pool.take());
    pool.giveBack(taken[0]!);
    clock.ms = 4_999;
    pool.giveBack(taken[1]!);
    expect(() => pool.take()).toThrow(NoPortLeft);
    clock.ms = 5_000;
    expect(pool.take()).toBe(taken[0]);
    expect(() => pool.take()).toThrow(NoPortLeft);
    clock.ms = 9_999;
    expect(pool.take()).toBe(taken[1]);
  });

  it('are passed over when another program has one of a pair', async () => {
    const other = createSocket('udp4');
    other.bind(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = other.address().port & ~1;
    const pool = new PortPool({ address: '127.0.0.1', lowest: taken, highest: taken + 1 });
    await expect(openSocketPair(pool)).rejects.toThrow(NoPortLeft);
    expect(pool.taken).toBe(0);
    other.close();
  });
});
