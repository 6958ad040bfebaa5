import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { PinHash } from '../domain/ivr/pin.js';
import type { TenantId } from '../domain/sessions/session.js';
import type { Vault } from '../flows/ports/vault.js';
import { derivedKeys } from './derived-keys.js';
import type { VaultKeys } from './key-file.js';

/**
 * HMAC-SHA-256 of a PIN with whom it belongs to, under a key of the vault: all the PINs there are
 * can be hashed in a second, so a plain hash would be no secret, and equal PINs must not look alike.
 */
export function pinHashes(keys: VaultKeys): Pick<Vault, 'pinHash' | 'isPin'> {
  const keyFor = derivedKeys('pin');
  const hash = (tenant: TenantId, participant: string, pin: string): PinHash =>
    hmac(keyFor(keys.lookup, tenant), `${participant}/${pin}`);
  return {
    pinHash: hash,
    isPin: (tenant, participant, pin, kept) => {
      const [given, expected] = [hash(tenant, participant, pin), kept].map((of) => Buffer.from(of));
      return (
        given !== undefined &&
        expected !== undefined &&
        given.length === expected.length &&
        timingSafeEqual(given, expected)
      );
    },
  };
}

const hmac = (key: KeyObject, text: string): PinHash =>
  createHmac('sha256', key).update(text, 'utf8').digest('base64url') as PinHash;
