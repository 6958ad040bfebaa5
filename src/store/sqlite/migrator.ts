import type Database from 'better-sqlite3';
import { StoreError } from '../../flows/ports/store-error.js';

/**
 * Brings the file to the newest schema. Everything happens under the write lock, the version is
 * read inside it, and all steps are one transaction: of two processes that start at once the
 * second finds the work done, and a crash leaves the old schema whole.
 * @throws StoreError when the file is from a newer Callveil.
 */
export function migrate(db: Database.Database, steps: readonly string[]): void {
  if (versionOf(db) === steps.length) return;
  db.transaction(() => {
    const version = versionOf(db);
    if (version > steps.length) {
      throw new StoreError(
        'unavailable',
        `the database has schema ${version}, this Callveil knows ${steps.length}: run the newer release, or restore the backup from before the upgrade`,
      );
    }
    for (const step of steps.slice(version)) db.exec(step);
    db.pragma(`user_version = ${steps.length}`);
  }).immediate();
}

function versionOf(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}
