import { describe, expect, it } from 'vitest';
import { pinHashes } from '../../src/vault/pin-hashes.js';
import { ACME, GLOBEX } from '../support/session-drafts.js';
import { testKeys } from '../support/session-house.js';

const pins = pinHashes(testKeys());
const hash = pins.pinHash(ACME, 'part_1', '735196');

describe('the hash of a PIN', () => {
  it('knows the PIN again, and no other', () => {
    expect(pins.isPin(ACME, 'part_1', '735196', hash)).toBe(true);
    for (const other of ['735197', '73519', '7351960', '']) {
      expect(pins.isPin(ACME, 'part_1', other, hash)).toBe(false);
    }
    expect(pins.isPin(ACME, 'part_1', '735196', 'short' as typeof hash)).toBe(false);
  });

  it('is another one for another participant, tenant or key', () => {
    const others = [
      pins.pinHash(ACME, 'part_2', '735196'),
      pins.pinHash(GLOBEX, 'part_1', '735196'),
      pinHashes(testKeys(8)).pinHash(ACME, 'part_1', '735196'),
    ];
    expect(new Set([hash, ...others]).size).toBe(4);
  });

  it('is made with the oldest key, so that a new one forgets no PIN', () => {
    const rotated = pinHashes(testKeys(7, [1, 2]));
    expect(rotated.isPin(ACME, 'part_1', '735196', hash)).toBe(true);
  });

  it('does not hold the PIN', () => {
    expect(hash).toMatch(/^[\w-]{43}$/);
    expect(hash).not.toContain('735196');
  });
});
