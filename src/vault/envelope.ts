import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import type { PartyRef, TenantId } from '../domain/sessions/session.js';
import { VaultError } from '../flows/ports/vault.js';

/** The row a seal belongs to. It is authenticated, so a sealed text opens in its own row only. */
export interface SealedFor {
  readonly tenant: TenantId;
  readonly ref: PartyRef;
  readonly keyVersion: number;
}

const CIPHER = 'aes-256-gcm';
/** NIST SP 800-38D §8.2.2: with random nonces of 96 bits a key is good for 2^32 seals. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @returns 12 bytes of nonce, the ciphertext, 16 bytes of tag. */
export function seal(key: KeyObject, text: string, row: SealedFor): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated(row));
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** @throws VaultError when a single bit of the seal, the row or the key is not the one it was sealed with. */
export function unseal(key: KeyObject, sealed: Uint8Array, row: SealedFor): string {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw broken(row);
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated(row));
  decipher.setAuthTag(tag);
  const inside = decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES));
  try {
    return Buffer.concat([inside, decipher.final()]).toString('utf8');
  } catch {
    throw broken(row);
  }
}

/** JSON, because no tenant or reference, whatever its text, can make two rows look the same in it. */
function associated(row: SealedFor): Buffer {
  return Buffer.from(JSON.stringify(['callveil-party-1', row.tenant, row.ref, row.keyVersion]));
}

function broken(row: SealedFor): VaultError {
  return new VaultError(`the seal of ${row.ref} is broken, or was made with another key`);
}
