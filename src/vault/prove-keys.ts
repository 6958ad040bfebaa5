import { VaultError, type SealedParty } from '../flows/ports/vault.js';
import type { VaultKeys } from './key-file.js';
import { partySeals } from './party-seals.js';

/**
 * Makes sure at start-up that the key file is the one of this database: with another one every
 * caller would be a stranger, which looks like a quiet day and not like a fault.
 * @param row Any row of the vault.
 * @throws VaultError when the keys do not open it, or would not recognise its party.
 */
export function proveKeys(keys: VaultKeys, row: SealedParty): void {
  const seals = partySeals(keys);
  const party = seals.open(row);
  if (seals.keyOf(row.tenant, party) === row.partyKey) return;
  throw new VaultError(
    'the vault key file lacks the key that made the keyed hashes: restore its lowest version',
  );
}
