import { createHmac, type KeyObject } from 'node:crypto';
import type { PartyKey } from '../domain/sessions/session.js';

/**
 * HMAC-SHA-256 of a party's canonical address, in base64url. A plain hash would be no secret: all
 * the numbers of a country can be hashed in seconds.
 */
export function keyedHash(key: KeyObject, canonical: string): PartyKey {
  return createHmac('sha256', key).update(canonical, 'utf8').digest('base64url') as PartyKey;
}
