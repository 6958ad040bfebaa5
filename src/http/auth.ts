import { createHash, timingSafeEqual } from 'node:crypto';
import type { TenantId } from '../domain/sessions/session.js';

/** A token as the process keeps it: never the token itself. */
export interface ApiToken {
  readonly tenant: TenantId;
  /** SHA-256 of the token: 32 bytes. */
  readonly sha256: Uint8Array;
}

/**
 * The tenant that an Authorization header speaks for. Every token is compared, each in constant
 * time, so that the time of an answer tells neither how near a guess was nor whose it would be.
 */
export function tenantOf(
  header: string | undefined,
  tokens: readonly ApiToken[],
): TenantId | undefined {
  const [, token] = /^Bearer +([\w.~+/=-]{1,512})$/i.exec(header ?? '') ?? [];
  if (token === undefined) return undefined;
  const sha256 = createHash('sha256').update(token).digest();
  let tenant: TenantId | undefined;
  for (const known of tokens) {
    if (timingSafeEqual(sha256, known.sha256)) tenant = known.tenant;
  }
  return tenant;
}
