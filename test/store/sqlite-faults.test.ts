import { instant } from '../../src/domain/time.js';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionId } from '../../src/domain/sessions/session.js';
import { millis } from '../../src/domain/time.js';
import { StoreError, type StoreFault } from '../../src/flows/ports/store-error.js';
import { connect } from '../../src/store/sqlite/connection.js';
import { migrations } from '../../src/store/sqlite/migrations/index.js';
import { migrate } from '../../src/store/sqlite/migrator.js';
import { openSqliteStore, storeOver, type SqliteStore } from '../../src/store/sqlite/open.js';
import { ACME, didNo, draft, key, NINE, side } from '../support/session-drafts.js';
import { temporaryDirectory } from '../support/sqlite-places.js';

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;

beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, 'callveil.db');
});
afterEach(() => directory.remove());

/** A store with its connection at hand, to break things through. */
function open(): { db: Database.Database; store: SqliteStore } {
  const db = connect(path, millis(50));
  migrate(db, migrations);
  return { db, store: storeOver(db) };
}

function fault(of: StoreFault): Partial<StoreError> {
  return { name: 'StoreError', fault: of };
}

describe('the database file', () => {
  it('is readable by its owner only, and so is its log', () => {
    const store = openSqliteStore({ path });
    for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600);
    store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  it('is in WAL mode, NORMAL, with foreign keys and patience', () => {
    const { db, store } = open();
    const pragma = (name: string): unknown => db.pragma(name, { simple: true });
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(1);
    expect(pragma('foreign_keys')).toBe(1);
    expect(pragma('busy_timeout')).toBe(50);
    expect(pragma('user_version')).toBe(migrations.length);
    store.close();
  });

  it('keeps everything over a restart', async () => {
    const first = openSqliteStore({ path });
    const wanted = draft(side('ann'), side('bob'));
    await first.sessions.open(wanted);
    first.close();
    const second = openSqliteStore({ path });
    expect(await second.sessions.find(ACME, wanted.id)).toMatchObject({ status: 'open' });
    second.close();
  });

  it('is refused when a newer release made it', () => {
    const { db, store } = open();
    db.pragma('user_version = 99');
    store.close();
    expect(() => openSqliteStore({ path })).toThrow(/schema 99.*newer release/);
  });

  it('is refused when it is no database', () => {
    writeFileSync(path, 'not a database, but long enough to have a header of one'.repeat(20));
    expect(() => openSqliteStore({ path })).toThrow(StoreError);
  });

  it('is refused with its name when the directory is missing', () => {
    const nowhere = join(directory.path, 'none', 'callveil.db');
    expect(() => openSqliteStore({ path: nowhere })).toThrow(`open the database ${nowhere}`);
  });
});

describe('a store in trouble', () => {
  it('says busy while another process holds the lock, and works after', async () => {
    const { store } = open();
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    expect(store.probe(instant(1))).toBe(false);
    const opening = store.sessions.open(draft(side('ann'), side('bob')));
    await expect(opening).rejects.toMatchObject(fault('busy'));
    await expect(store.sessions.expireDue(NINE)).rejects.toMatchObject(fault('busy'));
    // Calls go on resolving: readers do not wait for a writer.
    expect(await store.sessions.findByBinding(ACME, key('ann'), didNo(0))).toBeUndefined();
    other.exec('ROLLBACK');
    expect(store.probe(instant(1))).toBe(true);
    expect((await store.sessions.open(draft(side('ann'), side('bob')))).ok).toBe(true);
    other.close();
    store.close();
  });

  it('says full when there is no room, keeps nothing half, and still answers', async () => {
    const { db, store } = open();
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`);
    let failure: unknown;
    let kept = 0;
    for (let n = 0; n < 500 && failure === undefined; n += 1) {
      await store.sessions.open(draft(side(`a${n}`), side(`b${n}`))).then(
        () => (kept += 1),
        (error: unknown) => (failure = error),
      );
    }
    expect(failure).toMatchObject(fault('full'));
    const count = (table: string): unknown =>
      db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    expect(count('sessions')).toBe(kept);
    expect(count('bindings')).toBe(2 * kept);
    expect(await store.sessions.list({ tenant: ACME, limit: 1 })).toHaveLength(kept > 0 ? 1 : 0);
    store.close();
  });

  it('says unavailable once it is closed', async () => {
    const { store } = open();
    store.close();
    expect(store.probe(instant(1))).toBe(false);
    expect(() => store.holdsParties()).toThrow(StoreError);
    await expect(store.sessions.find(ACME, 'sess_1' as SessionId)).rejects.toMatchObject(
      fault('unavailable'),
    );
    await expect(store.records.countOpen()).rejects.toMatchObject(fault('unavailable'));
  });
});

describe('the database itself', () => {
  it('refuses a second live session of a party and a DID, and a binding that leads nowhere', async () => {
    const { db, store } = open();
    await store.sessions.open(draft(side('ann', [didNo(0)]), side('bob')));
    await store.sessions.open(draft(side('cid'), side('dan')));
    const bind = db.prepare('INSERT INTO bindings VALUES (?, ?, ?, ?, NULL)');
    expect(() => bind.run(ACME, key('ann'), didNo(0), 2)).toThrow(/UNIQUE/);
    expect(() => bind.run(ACME, key('ann'), didNo(1), 77)).toThrow(/FOREIGN KEY/);
    store.close();
  });
});

describe('a row that is not what was written', () => {
  const damages: readonly (readonly [column: string, value: unknown])[] = [
    ['id', 'call_1'],
    ['kind', 'party'],
    ['status', ''],
    ['created_at', 2 ** 60],
    ['a_did', '4155550100'],
    ['a_reached_by', 'pigeon'],
    ['b_ref', 'ref'],
    ['b_key', ''],
  ];

  it.each(damages)('is a StoreError that names %s', async (column, value) => {
    const { db, store } = open();
    const wanted = draft(side('ann'), side('bob'));
    await store.sessions.open(wanted);
    db.prepare(`UPDATE sessions SET ${column} = ?`).run(value);
    const reading = store.sessions.list({ tenant: ACME, limit: 1 });
    await expect(reading).rejects.toMatchObject({
      ...fault('corrupt'),
      message: `a row of sessions is not what was written: ${column}`,
    });
    store.close();
  });
});
