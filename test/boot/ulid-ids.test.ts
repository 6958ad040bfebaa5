import { describe, expect, it } from 'vitest';
import { ulidIds } from '../../src/boot/ulid-ids.js';
import { instant, type Instant } from '../../src/domain/time.js';

/** A clock that shows these times one after the other, then the last one for ever. */
const showing = (...times: number[]): { now(): Instant } => {
  return { now: () => instant((times.length > 1 ? times.shift() : times[0]) ?? 0) };
};

describe('ulidIds', () => {
  it('makes ids of a kind and 26 characters that begin with the time', () => {
    // 01ARZ3NDEK is the example of the ULID specification.
    expect(ulidIds(showing(1_469_922_850_259)).next('call')).toMatch(
      /^call_01ARZ3NDEK[0-9A-HJKMNP-TV-Z]{16}$/,
    );
  });

  it('never goes back: not within a millisecond, not when the clock does', () => {
    const ids = ulidIds(showing(5000, 5000, 5000, 4000, 1, 6000, 5999));
    const made = Array.from({ length: 2000 }, () => ids.next('leg'));
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it('makes other ids in another process', () => {
    const clock = showing(5000);
    expect(ulidIds(clock).next('leg')).not.toBe(ulidIds(clock).next('leg'));
  });

  it('makes as many random bytes as asked', () => {
    const ids = ulidIds(showing(0));
    expect(ids.random(8)).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(Array.from({ length: 50 }, () => ids.random(8))).size).toBe(50);
  });
});
