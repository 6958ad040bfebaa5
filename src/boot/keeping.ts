import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import type { RecordingSeals } from '../flows/ports/recording-files.js';
import type { Vault } from '../flows/ports/vault.js';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/open.js';
import { openKeyFile, type VaultKeys } from '../vault/key-file.js';
import { proveKeys } from '../vault/prove-keys.js';
import { recordingSeals } from '../vault/recording-seals.js';
import { openVault } from '../vault/vault.js';
import type { Foundations } from './foundations.js';
import { watchStore, type StoreWatch } from './watch-store.js';

/** What is kept on disk: sessions, records, and the sealed numbers with the key that opens them. */
export interface Keeping {
  readonly store: SqliteStore;
  readonly vault: Vault;
  readonly recordingSeals: RecordingSeals;
  readonly watch: StoreWatch;
}

/**
 * Opens store and vault, and ends the records that a crashed run left open.
 * @throws StoreError when the database cannot be used; VaultError when the key is missing or wrong.
 */
export async function openKeeping(config: Config, base: Foundations): Promise<Keeping> {
  const { clock, log, metrics } = base;
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const store = openSqliteStore({ path: join(config.dataDir, 'callveil.db'), clock });
  const keys = openHouseKeys(config, store);
  const vault = openVault({ keys, parties: store.parties, ...base });
  const diedAt = store.lastAlive() ?? clock.now();
  const abandoned = await store.records.endAbandoned(config.node, 'node-crashed', diedAt);
  if (abandoned > 0) log.warn('Legs of a crashed run were ended', { count: abandoned });
  metrics.dependency('vault', true);
  return {
    store,
    vault,
    recordingSeals: recordingSeals(keys),
    watch: watchStore(store, clock, metrics),
  };
}

/** With a wrong key every caller would look like a stranger, so the key is proved at start. */
function openHouseKeys(config: Config, store: SqliteStore): VaultKeys {
  const { path, createIfMissing } = config.vault.keyFile;
  const sealed = store.anyParty();
  // A new key beside old rows would be a vault that nobody can open again.
  const keys = openKeyFile({ path, createIfMissing: createIfMissing && sealed === undefined });
  if (sealed !== undefined) proveKeys(keys, sealed);
  return keys;
}
