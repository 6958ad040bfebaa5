import { beforeEach, describe, expect, it } from 'vitest';
import { Attempts, type Trier } from '../../../src/domain/ivr/attempts.js';
import { later, seconds } from '../../../src/domain/time.js';
import { ACME, didNo, key, NINE } from '../../support/session-drafts.js';

const LIMITS = { attemptsPerCaller: 3, attemptsPerDid: 5, lockFor: seconds(60) };
const ann: Trier = { tenant: ACME, caller: key('ann'), dialed: didNo(1) };
const trier = (name: string): Trier => ({ ...ann, caller: key(name) });

let attempts: Attempts;
beforeEach(() => {
  attempts = new Attempts();
});
const take = (who: Trier, after = 0): boolean =>
  attempts.take(who, LIMITS, later(NINE, seconds(after)));

describe('attempts to prove something', () => {
  it('are refused after as many failures as a caller may have', () => {
    expect([take(ann), take(ann), take(ann), take(ann)]).toEqual([true, true, true, false]);
    expect(take(trier('bob'))).toBe(true);
  });

  it('are counted before they are judged, so that many at once are still many', () => {
    const atOnce = Array.from({ length: 10 }, () => take(ann));
    expect(atOnce.filter(Boolean)).toHaveLength(3);
  });

  it('are refused for a DID whatever numbers its callers show', () => {
    const all = Array.from({ length: 8 }, (_, n) => take(trier(`caller ${n}`)));
    expect(all.filter(Boolean)).toHaveLength(5);
    expect(take({ ...trier('other'), dialed: didNo(2) })).toBe(true);
  });

  it('count as one caller who withhold their number', () => {
    const withheld = { ...ann, caller: undefined };
    expect([take(withheld), take(withheld), take(withheld), take(withheld)].at(-1)).toBe(false);
  });

  it('are possible again when the lock is over, and tries meanwhile do not make it longer', () => {
    for (const at of [0, 10, 20, 30, 79]) take(ann, at);
    expect(take(ann, 79)).toBe(false);
    expect(take(ann, 80)).toBe(true);
  });

  it('that succeed are taken back', () => {
    for (let n = 0; n < 20; n += 1) {
      expect(take(ann)).toBe(true);
      attempts.succeeded(ann);
    }
    take(ann);
    take(ann);
    take(ann);
    attempts.succeeded(ann);
    // The first two still count.
    expect([take(ann), take(ann)]).toEqual([true, false]);
  });

  it('are remembered of 10,000 callers, and of every DID whatever they do', () => {
    const spread = { ...LIMITS, attemptsPerDid: 20_000 };
    const locked = { ...trier('first') };
    for (let n = 0; n < 3; n += 1) attempts.take(locked, spread, NINE);
    for (let n = 0; n < 9_999; n += 1) attempts.take(trier(String(n)), spread, NINE);
    expect(attempts.take(locked, spread, NINE)).toBe(false);
    attempts.take(trier('one more'), spread, NINE);
    expect(attempts.take(locked, spread, NINE)).toBe(true);
    expect(attempts.take(locked, { ...spread, attemptsPerDid: 10_004 }, NINE)).toBe(false);
  });
});
