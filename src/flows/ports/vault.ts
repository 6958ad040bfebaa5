import type { PinHash } from '../../domain/ivr/pin.js';
import type { PartyAddress } from '../../domain/numbers/party-address.js';
import type { PartyKey, PartyRef, TenantId } from '../../domain/sessions/session.js';
import type { Instant } from '../../domain/time.js';

/** Why real digits are needed; goes into the audit trail. */
export type RevealPurpose = 'address-leg' | 'leak-guard' | 'api-reveal';

/** The one place where real numbers live. */
export interface Vault {
  /** The keyed hash by which a caller is recognised. No I/O. */
  keyOf(tenant: TenantId, party: PartyAddress): PartyKey;
  /** The keyed hash of a participant's PIN. No I/O. */
  pinHash(tenant: TenantId, participant: string, pin: string): PinHash;
  /** Whether this is the participant's PIN; takes as long for a wrong one as for the right one. */
  isPin(tenant: TenantId, participant: string, pin: string, hash: PinHash): boolean;
  /** Seals the address; the same address of the same tenant always has the same reference. */
  keep(tenant: TenantId, party: PartyAddress): Promise<PartyRef>;
  /**
   * Turns a reference back into an address.
   * @throws VaultError when the reference is unknown, the key is missing or the seal is broken.
   */
  reveal(tenant: TenantId, ref: PartyRef, purpose: RevealPurpose): Promise<PartyAddress>;
}

/** A sealed address as it rests on disk. */
export interface SealedParty {
  readonly ref: PartyRef;
  readonly tenant: TenantId;
  readonly partyKey: PartyKey;
  readonly keyVersion: number;
  /** AES-256-GCM: 12 bytes of nonce, ciphertext, 16 bytes of tag. */
  readonly sealed: Uint8Array;
  readonly createdAt: Instant;
}

/** Where the vault keeps its sealed rows; it never sees a digit. */
export interface SealedParties {
  /** Stores the row unless the party is there already; answers the row that counts. */
  keep(row: SealedParty): Promise<SealedParty>;
  find(tenant: TenantId, ref: PartyRef): Promise<SealedParty | undefined>;
  findByKey(tenant: TenantId, key: PartyKey): Promise<SealedParty | undefined>;
}

/** The vault could not answer; calls that need it are refused. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}
