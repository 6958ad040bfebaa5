import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PartyRef, TenantId } from '../../src/domain/sessions/session.js';
import { VaultError } from '../../src/flows/ports/vault.js';
import { seal, unseal, type SealedFor } from '../../src/vault/envelope.js';

const key = createSecretKey(Buffer.alloc(32, 1));
const row: SealedFor = { tenant: 'acme' as TenantId, ref: 'pty_1' as PartyRef, keyVersion: 1 };
const TEXT = 'tel:+14155550123';

describe('a seal', () => {
  it('opens to what was sealed, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // Lone surrogates have no UTF-8; no address has them.
        const whole = Buffer.from(text, 'utf8').toString('utf8');
        expect(unseal(key, seal(key, whole, row), row)).toBe(whole);
      }),
    );
  });

  it('is 12 bytes of nonce, as many as the text, and 16 of tag', () => {
    expect(seal(key, TEXT, row)).toHaveLength(12 + TEXT.length + 16);
  });

  it('is another one each time', () => {
    const seals = Array.from({ length: 100 }, () => Buffer.from(seal(key, TEXT, row)));
    expect(new Set(seals.map((each) => each.subarray(0, 12).toString('hex'))).size).toBe(100);
    expect(new Set(seals.map((each) => each.subarray(12).toString('hex'))).size).toBe(100);
  });

  it('is broken by one flipped bit of the nonce, the ciphertext or the tag', () => {
    const sealed = seal(key, TEXT, row);
    for (let at = 0; at < sealed.length; at += 1) {
      for (const bit of [1, 128]) {
        const tampered = Uint8Array.from(sealed);
        tampered[at]! ^= bit;
        expect(() => unseal(key, tampered, row), `byte ${at}`).toThrow(VaultError);
      }
    }
    expect(unseal(key, sealed, row)).toBe(TEXT);
  });

  it('is broken by every truncation and by an added byte', () => {
    const sealed = seal(key, TEXT, row);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => unseal(key, sealed.subarray(0, length), row)).toThrow(VaultError);
      expect(() => unseal(key, sealed.subarray(sealed.length - length), row)).toThrow(VaultError);
    }
    expect(() => unseal(key, Buffer.concat([sealed, Buffer.alloc(1)]), row)).toThrow(VaultError);
  });

  it.each([
    ['tenant', { ...row, tenant: 'globex' as TenantId }],
    ['reference', { ...row, ref: 'pty_2' as PartyRef }],
    ['key version', { ...row, keyVersion: 2 }],
    [
      'split of tenant and reference',
      { ...row, tenant: 'acmepty_' as TenantId, ref: '1' as PartyRef },
    ],
  ])('does not open under another %s', (_, other) => {
    expect(() => unseal(key, seal(key, TEXT, row), other)).toThrow(VaultError);
  });

  it('does not open with another key, and the error tells no content', () => {
    const other = createSecretKey(Buffer.alloc(32, 2));
    expect(() => unseal(other, seal(key, TEXT, row), row)).toThrow(
      'the seal of pty_1 is broken, or was made with another key',
    );
  });
});
