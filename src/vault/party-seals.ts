import {
  partyFromCanonical,
  unmaskParty,
  type PartyAddress,
} from '../domain/numbers/party-address.js';
import type { PartyKey, PartyRef, TenantId } from '../domain/sessions/session.js';
import { VaultError, type SealedParty } from '../flows/ports/vault.js';
import { derivedKeys } from './derived-keys.js';
import { seal, unseal } from './envelope.js';
import type { VaultKeys } from './key-file.js';
import { keyedHash } from './keyed-hash.js';

/** What the keys can do with addresses. Nothing is remembered between two calls but derived keys. */
export interface PartySeals {
  keyOf(tenant: TenantId, party: PartyAddress): PartyKey;
  seal(
    tenant: TenantId,
    ref: PartyRef,
    party: PartyAddress,
  ): Pick<SealedParty, 'keyVersion' | 'sealed'>;
  /** @throws VaultError when the key is missing or the seal is broken. */
  open(row: SealedParty): PartyAddress;
}

export function partySeals(keys: VaultKeys): PartySeals {
  const sealingKey = derivedKeys('seal');
  const lookupKey = derivedKeys('lookup');

  return {
    keyOf: (tenant, party) => keyedHash(lookupKey(keys.lookup, tenant), unmaskParty(party)),

    seal: (tenant, ref, party) => {
      const keyVersion = keys.current.version;
      const key = sealingKey(keys.current, tenant);
      return { keyVersion, sealed: seal(key, unmaskParty(party), { tenant, ref, keyVersion }) };
    },

    open: (row) => {
      const key = keys.byVersion.get(row.keyVersion);
      if (key === undefined) {
        throw new VaultError(`key version ${row.keyVersion}, which sealed ${row.ref}, is missing`);
      }
      const party = partyFromCanonical(unseal(sealingKey(key, row.tenant), row.sealed, row));
      if (party === undefined) throw new VaultError(`what ${row.ref} holds is no address`);
      return party;
    },
  };
}
