import Database from 'better-sqlite3';
import { StoreError, type StoreFault } from '../../flows/ports/store-error.js';

/** SQLite's result codes by their first two words (sqlite.org/rescode.html); extended codes follow. */
const FAULTS: readonly (readonly [prefix: string, fault: StoreFault])[] = [
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_FULL', 'full'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'corrupt'],
  ['SQLITE_MISMATCH', 'corrupt'],
  ['SQLITE_CONSTRAINT', 'conflict'],
];

/** Whatever happened while `doing`, as a StoreError. SQLite's messages name columns, never values. */
export function toStoreError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = error instanceof Database.SqliteError ? error.code : '';
  const fault = FAULTS.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'unavailable';
  const why = error instanceof Error ? error.message : 'unknown error';
  return new StoreError(fault, `${doing}: ${why}`, { cause: error });
}

/** Runs synchronous work of the database behind a port that promises; nothing is ever thrown bare. */
export function attempt<T>(doing: string, run: () => T): Promise<T> {
  try {
    return Promise.resolve(run());
  } catch (error) {
    return Promise.reject(toStoreError(error, doing));
  }
}
