import type Database from 'better-sqlite3';
import type { PartyKey, PartyRef, TenantId } from '../../domain/sessions/session.js';
import { StoreError } from '../../flows/ports/store-error.js';
import type { SealedParties, SealedParty } from '../../flows/ports/vault.js';
import { Columns } from './columns.js';
import { attempt, toStoreError } from './errors.js';

const SQL = {
  insert: `INSERT INTO parties (tenant, ref, party_key, key_version, sealed, created_at)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, party_key) DO NOTHING`,
  byRef: `SELECT * FROM parties WHERE tenant = ? AND ref = ?`,
  byKey: `SELECT * FROM parties WHERE tenant = ? AND party_key = ?`,
  any: `SELECT * FROM parties LIMIT 1`,
} as const;

export function sqliteParties(
  db: Database.Database,
): SealedParties & { any(): SealedParty | undefined } {
  const insert = db.prepare(SQL.insert);
  const byRef = db.prepare(SQL.byRef);
  const byKey = db.prepare(SQL.byKey);
  const any = db.prepare(SQL.any);

  const keep = db.transaction((row: SealedParty): SealedParty => {
    const { tenant, ref, partyKey, keyVersion, sealed, createdAt } = row;
    insert.run(tenant, ref, partyKey, keyVersion, sealed, createdAt);
    const kept = optional(byKey.get(tenant, partyKey));
    if (kept === undefined) throw new StoreError('unavailable', 'a sealed party was not kept');
    return kept;
  });

  return {
    keep: (row) => attempt('keep sealed party', () => keep.immediate(row)),
    any: () => {
      try {
        return optional(any.get());
      } catch (error) {
        throw toStoreError(error, 'look for sealed parties');
      }
    },
    find: (tenant, ref) => attempt('find sealed party', () => optional(byRef.get(tenant, ref))),
    findByKey: (tenant, key) =>
      attempt('find sealed party by key', () => optional(byKey.get(tenant, key))),
  };
}

function optional(row: unknown): SealedParty | undefined {
  if (row === undefined) return undefined;
  const read = new Columns('parties', row);
  return {
    ref: read.id('ref', 'pty') as PartyRef,
    tenant: read.text('tenant') as TenantId,
    partyKey: read.text('party_key') as PartyKey,
    keyVersion: read.integer('key_version'),
    sealed: read.bytes('sealed'),
    createdAt: read.instant('created_at'),
  };
}
