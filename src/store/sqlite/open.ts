import type Database from 'better-sqlite3';
import { instant, type Clock, type Instant, type Millis } from '../../domain/time.js';
import type { ConsentLog } from '../../flows/ports/consent-log.js';
import type { LegRecords } from '../../flows/ports/records.js';
import type { RecordingStore } from '../../flows/ports/recordings.js';
import type { SessionStore } from '../../flows/ports/sessions.js';
import type { SealedParties, SealedParty } from '../../flows/ports/vault.js';
import { connect } from './connection.js';
import { sqliteConsentLog } from './consent-log.js';
import { toStoreError } from './errors.js';
import { GroupCommit } from './group-commit.js';
import { sqliteLegRecords } from './leg-records.js';
import { migrations } from './migrations/index.js';
import { migrate } from './migrator.js';
import { sqliteRecordings } from './recordings.js';
import { sqliteParties } from './sealed-parties.js';
import { sqliteSessions } from './sessions.js';

export interface SqliteOptions {
  /** The database file, or `:memory:`. Its directory must exist. */
  readonly path: string;
  /** How long an operation waits for another process before it fails as busy; default one second. */
  readonly patience?: Millis;
  /** Lets leg records wait a moment to be committed together; without it they do not wait. */
  readonly clock?: Clock;
}

export interface SqliteStore {
  readonly sessions: SessionStore;
  readonly records: LegRecords;
  readonly parties: SealedParties;
  readonly recordings: RecordingStore;
  readonly consents: ConsentLog;
  /**
   * Whether any party is sealed here: then the key file must exist and must not be made anew.
   * @throws StoreError
   */
  holdsParties(): boolean;
  /**
   * One sealed party, for proving that the key file is the right one; undefined when there is none.
   * @throws StoreError
   */
  anyParty(): SealedParty | undefined;
  /** Whether the store can be written at this moment; notes that we were alive then. Never throws. */
  probe(at: Instant): boolean;
  /** When a process on this database was last known to be alive. */
  lastAlive(): Instant | undefined;
  /** Commits what waits, folds the log into the database file and lets go of it. */
  close(): void;
}

/** @throws StoreError when the file cannot be opened, is no database of ours, or is from a newer release. */
export function openSqliteStore({ path, patience, clock }: SqliteOptions): SqliteStore {
  let db: Database.Database | undefined;
  try {
    db = connect(path, patience);
    migrate(db, migrations);
    return storeOver(db, clock);
  } catch (error) {
    db?.close();
    throw toStoreError(error, `open the database ${path}`);
  }
}

/** The ports over a connection that is set up and migrated. */
export function storeOver(db: Database.Database, clock?: Clock): SqliteStore {
  const beat = db.prepare('UPDATE probe SET last_alive = ? WHERE id = 1');
  const lastBeat = db.prepare('SELECT last_alive FROM probe WHERE id = 1').pluck();
  const parties = sqliteParties(db);
  const group = new GroupCommit(db, clock);

  return {
    sessions: sqliteSessions(db),
    records: sqliteLegRecords(db, group),
    parties,
    recordings: sqliteRecordings(db),
    consents: sqliteConsentLog(db, group),
    holdsParties: () => parties.any() !== undefined,
    anyParty: () => parties.any(),
    probe: (at) => {
      try {
        return beat.run(at).changes === 1;
      } catch {
        return false;
      }
    },
    lastAlive: () => {
      const at = lastBeat.get();
      return typeof at === 'number' ? instant(at) : undefined;
    },
    close: () => {
      group.flush();
      db.close();
    },
  };
}
