import type { Crypto } from '../media-description.js';

/** Base64 characters of key and salt, padding not counted (RFC 4568 §6.2, RFC 6188, RFC 7714). */
const KEY_CHARACTERS: ReadonlyMap<string, number> = new Map([
  ['AES_CM_128_HMAC_SHA1_80', 40],
  ['AES_CM_128_HMAC_SHA1_32', 40],
  ['AES_192_CM_HMAC_SHA1_80', 51],
  ['AES_192_CM_HMAC_SHA1_32', 51],
  ['AES_256_CM_HMAC_SHA1_80', 62],
  ['AES_256_CM_HMAC_SHA1_32', 62],
  ['AEAD_AES_128_GCM', 38],
  ['AEAD_AES_256_GCM', 59],
]);

const INLINE = /^inline:([A-Za-z0-9+/]{38,62}={0,2})(\|2\^\d{1,2})?(\|\d{1,3}:\d)?$/;

/**
 * Reads the value of an `a=crypto:` line. A line with session parameters is not carried: it would
 * be another promise than the one the peer made.
 */
export function readCrypto(value: string): Crypto | undefined {
  const [tag = '', suite = '', parameters = '', ...more] = value.trim().split(/\s+/, 4);
  const characters = KEY_CHARACTERS.get(suite);
  const [, key, lifetime = '', mki = ''] = INLINE.exec(parameters) ?? [];
  if (!/^\d{1,2}$/.test(tag) || more.length > 0 || key === undefined) return undefined;
  if (key.replace(/=/g, '').length !== characters) return undefined;
  return { tag: Number(tag), suite, key: key + lifetime + mki };
}
