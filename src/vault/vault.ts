import type { Ids } from '../domain/ids.js';
import type { PartyRef } from '../domain/sessions/session.js';
import type { Clock } from '../domain/time.js';
import type { Metrics } from '../flows/ports/telemetry.js';
import { VaultError, type SealedParties, type Vault } from '../flows/ports/vault.js';
import type { VaultKeys } from './key-file.js';
import { partySeals } from './party-seals.js';
import { pinHashes } from './pin-hashes.js';

export interface VaultParts {
  readonly keys: VaultKeys;
  readonly parties: SealedParties;
  readonly ids: Pick<Ids, 'next'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics?: Pick<Metrics, 'vaultOperation'>;
}

/**
 * The vault over a place for sealed rows. No address is remembered between two calls: digits live
 * for the one operation that needs them.
 */
export function openVault({ keys, parties, ids, clock, metrics }: VaultParts): Vault {
  const seals = partySeals(keys);
  const pins = pinHashes(keys);

  const counted = async <T>(op: 'keep' | 'reveal', run: () => Promise<T>): Promise<T> => {
    try {
      const answer = await run();
      metrics?.vaultOperation(op, 'ok');
      return answer;
    } catch (error) {
      metrics?.vaultOperation(op, 'error');
      throw error;
    }
  };

  return {
    keyOf: (tenant, party) => seals.keyOf(tenant, party),
    ...pins,

    keep: (tenant, party) =>
      counted('keep', async () => {
        const partyKey = seals.keyOf(tenant, party);
        const known = await parties.findByKey(tenant, partyKey);
        if (known !== undefined) return known.ref;
        const ref = ids.next('pty') as PartyRef;
        const createdAt = clock.now();
        const sealed = seals.seal(tenant, ref, party);
        // Two first times at once: the store keeps one row and answers it to both.
        return (await parties.keep({ ref, tenant, partyKey, createdAt, ...sealed })).ref;
      }),

    reveal: (tenant, ref) =>
      counted('reveal', async () => {
        const row = await parties.find(tenant, ref);
        if (row === undefined) throw new VaultError(`the vault does not know ${ref}`);
        // Opened as the row that was asked for, whatever the store says it is.
        return seals.open({ ...row, tenant, ref });
      }),
  };
}
