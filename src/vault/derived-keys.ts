import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { TenantId } from '../domain/sessions/session.js';
import type { FileKey } from './key-file.js';

/** What a derived key is for; a key for one use is worthless for the other. */
type KeyUse = 'seal' | 'lookup' | 'recording' | 'pin';

/**
 * Keys for one use and one tenant, made from a file key with HKDF-SHA-256 (RFC 5869). They are kept
 * once made: there is one for each configured tenant, and they hold nothing of any party.
 */
export function derivedKeys(use: KeyUse): (from: FileKey, tenant: TenantId) => KeyObject {
  const made = new Map<string, KeyObject>();
  return (from, tenant) => {
    const info = `callveil/vault/${use}/v${from.version}/${tenant}`;
    const known = made.get(info);
    if (known !== undefined) return known;
    const key = createSecretKey(
      Buffer.from(hkdfSync('sha256', from.secret, 'callveil-vault', info, 32)),
    );
    made.set(info, key);
    return key;
  };
}
