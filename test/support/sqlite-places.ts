import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/domain/time.js';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/open.js';

export interface Place {
  readonly store: SqliteStore;
  readonly path: string;
  close(): void;
}

/** A directory that is gone after `remove`. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'callveil-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A store in a file of its own; with a clock it commits leg records in groups. */
export function sqliteFile(clock?: Clock): Place {
  const directory = temporaryDirectory();
  const path = join(directory.path, 'callveil.db');
  const store = openSqliteStore({ path, ...(clock && { clock }) });
  const close = (): void => {
    store.close();
    directory.remove();
  };
  return { store, path, close };
}

/** A store that lives as long as the test. */
export function sqliteMemory(): Place {
  const store = openSqliteStore({ path: ':memory:' });
  return { store, path: ':memory:', close: () => store.close() };
}
