import { closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { millis, type Millis } from '../../domain/time.js';

/** Waiting for another process blocks the event loop, and with it every call: no longer than this. */
const PATIENCE = millis(1000);

/** Opens the file, made with mode 0600 when new, and sets what every connection needs. */
export function connect(path: string, patience: Millis = PATIENCE): Database.Database {
  // SQLite gives its -wal and -shm files the mode of the database.
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
  const db = new Database(path, { timeout: patience });
  try {
    // WAL: readers never wait for the writer. NORMAL: a power cut may lose the last moments, never
    // the consistency of the file; a crash of the process loses nothing.
    switchToWal(db, patience);
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    db.pragma('cache_size = -32768');
    db.pragma('temp_store = MEMORY');
    db.pragma('journal_size_limit = 67108864');
    // wal_autocheckpoint stays at its 1000 pages: a checkpoint stops the event loop for 6 to 10 ms,
    // with 4000 pages for up to 20 ms, and the work is the same in sum.
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

const PAUSE = millis(10);

/**
 * Two processes that start on one new file both switch it to WAL, and there SQLite tells the second
 * that the file is locked at once, whatever its timeout: so the patience is ours.
 */
function switchToWal(db: Database.Database, patience: Millis): void {
  const nobodyWakesUs = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; ; waited += PAUSE) {
    try {
      db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || waited >= patience) throw error;
      Atomics.wait(nobodyWakesUs, 0, 0, PAUSE);
    }
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
