import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LegId, LegRecord } from '../../src/domain/records/leg-record.js';
import { later, millis, seconds } from '../../src/domain/time.js';
import { patientRecords } from '../../src/flows/patient-records.js';
import { connect } from '../../src/store/sqlite/connection.js';
import { GROUP_COMMIT } from '../../src/store/sqlite/group-commit.js';
import { migrations } from '../../src/store/sqlite/migrations/index.js';
import { migrate } from '../../src/store/sqlite/migrator.js';
import { openSqliteStore, storeOver, type SqliteStore } from '../../src/store/sqlite/open.js';
import { leg, nextCall } from '../contract/leg-records.contract.js';
import { FakeClock } from '../support/fake-clock.js';
import { recordingLog } from '../support/recording-telemetry.js';
import { ACME, NINE } from '../support/session-drafts.js';
import { temporaryDirectory } from '../support/sqlite-places.js';

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;
let clock: FakeClock;
let db: Database.Database;
let store: SqliteStore;
/** What another process sees: all that is committed. */
let other: Database.Database;

beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, 'callveil.db');
  clock = new FakeClock();
  db = connect(path, millis(50));
  migrate(db, migrations);
  store = storeOver(db, clock);
  other = new Database(path);
});
afterEach(() => {
  other.close();
  store.close();
  directory.remove();
});

const committed = (): unknown[] =>
  other.prepare('SELECT leg_id FROM leg_records ORDER BY seq').pluck().all();

const ENDED = { endedAt: later(NINE, seconds(3)), status: 'completed' } as const;

/** A caller's and a callee's leg of one call. */
function pair(): readonly [LegRecord, LegRecord] {
  const call = nextCall();
  return [leg(call), leg(call, { leg: 'b' })];
}

describe('when leg records are committed', () => {
  it('with the callee’s leg at the end of the turn, all that came before with it', async () => {
    const [a, b] = pair();
    const [later] = pair();
    const both = [store.records.start(a), store.records.start(b), store.records.start(later)];
    await Promise.resolve();
    expect(committed()).toEqual([]);
    await Promise.all(both);
    expect(committed()).toEqual([a.legId, b.legId, later.legId]);
    expect(clock.pending).toBe(0);
  });

  it('without one, after a short while, and not told to be written before', async () => {
    const [a] = pair();
    let written = false;
    void store.records.start(a).then(() => (written = true));
    void store.records.update(a.legId, { status: 'ringing' });
    await clock.advanceAsync(millis(GROUP_COMMIT.within - 1));
    expect([written, committed()]).toEqual([false, []]);
    await clock.advanceAsync(millis(1));
    expect([written, committed()]).toEqual([true, [a.legId]]);
    expect(clock.pending).toBe(0);
  });

  it('at the end of the turn when they are many', async () => {
    const legs = Array.from({ length: 2 * GROUP_COMMIT.most + 1 }, () => pair()[0]);
    await Promise.all(legs.map((each) => store.records.start(each)));
    expect(committed()).toEqual(legs.map(({ legId }) => legId));
  });

  it('before they are read, and before the store closes', async () => {
    const [a] = pair();
    void store.records.start(a);
    expect(await store.records.countOpen()).toBe(1);
    const ended = store.records.end(a.legId, ENDED);
    store.close();
    await ended;
    const reopened = openSqliteStore({ path });
    expect(await reopened.records.countOpen()).toBe(0);
    reopened.close();
  });
});

describe('a process that dies', () => {
  it('leaves both records of a leg that may be dialed, and every write that was told so', async () => {
    const [a, b] = pair();
    void store.records.start(a);
    await store.records.start(b);
    const answered = store.records.update(b.legId, { answeredAt: NINE, status: 'in-progress' });
    await clock.advanceAsync(GROUP_COMMIT.within);
    await answered;
    // What a kill -9 leaves: the files as they are, and nothing that is only in memory.
    const copy = join(directory.path, 'after.db');
    for (const end of ['', '-wal']) copyFileSync(`${path}${end}`, `${copy}${end}`);
    const after = openSqliteStore({ path: copy });
    expect(await after.records.legsOf(ACME, a.callId)).toEqual([
      a,
      { ...b, answeredAt: NINE, status: 'in-progress' },
    ]);
    after.close();
  });
});

describe('a group that cannot be committed', () => {
  const outcomesOf = async (writes: readonly Promise<void>[]): Promise<string[]> => {
    const settled = Promise.allSettled(writes);
    await clock.advanceAsync(GROUP_COMMIT.within);
    return (await settled).map((each) =>
      each.status === 'fulfilled' ? 'written' : (each.reason as { fault: string }).fault,
    );
  };

  it('because the store is locked fails as one, after one wait, and can be told again', async () => {
    const [a, b] = pair();
    const drafts = Array.from({ length: 600 }, () => pair()[0]);
    other.exec('BEGIN IMMEDIATE');
    const began = performance.now();
    const outcomes = await outcomesOf([a, b, ...drafts].map((each) => store.records.start(each)));
    expect(new Set(outcomes)).toEqual(new Set(['busy']));
    expect(performance.now() - began).toBeLessThan(1000);
    other.exec('ROLLBACK');
    expect(committed()).toEqual([]);
    expect(await outcomesOf([store.records.start(a), store.records.start(b)])).toEqual([
      'written',
      'written',
    ]);
  });

  it('because the disk is full keeps exactly what it says', async () => {
    const [known] = pair();
    await outcomesOf([store.records.start(known)]);
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`);
    const legs = Array.from({ length: 200 }, () => pair()[0]);
    const outcomes = await outcomesOf([
      ...legs.map((each) => store.records.start(each)),
      store.records.end(known.legId, ENDED),
    ]);
    expect(new Set(outcomes)).toEqual(new Set(['written', 'full']));
    // An update needs no new page: a full disk does not keep calls from ending.
    expect(outcomes.at(-1)).toBe('written');
    const kept = legs.filter((_, at) => outcomes[at] === 'written').map(({ legId }) => legId);
    expect(committed()).toEqual([known.legId, ...kept]);
  });

  it('because it is closed fails write by write', async () => {
    const [a, b] = pair();
    store.close();
    const outcomes = await outcomesOf([a, b].map((each) => store.records.start(each)));
    expect(outcomes).toEqual(['unavailable', 'unavailable']);
  });

  it('loses no change of a leg and doubles none, when who writes is patient', async () => {
    const records = patientRecords(store.records, clock, recordingLog());
    const legs = Array.from({ length: 20 }, () => pair()[1]);
    await Promise.all(legs.map((each) => records.start(each)));
    const told = new Map<LegId, object>();
    for (const [n, { legId }] of legs.entries()) {
      if (n % 5 === 0) other.exec('BEGIN IMMEDIATE');
      const answeredAt = later(NINE, seconds(n));
      void records.update(legId, { answeredAt, status: 'in-progress' });
      await clock.advanceAsync(millis(n % 3 === 0 ? 20 : 1));
      if (n % 5 === 3) other.exec('ROLLBACK');
      void records.end(legId, { ...ENDED, endedAt: later(answeredAt, seconds(1)) });
      told.set(legId, { answeredAt, ...ENDED, endedAt: later(answeredAt, seconds(1)) });
      await nextTurn();
    }
    await clock.advanceAsync(seconds(2));
    for (const { callId, legId } of legs) {
      expect(await store.records.legsOf(ACME, callId)).toMatchObject([told.get(legId)]);
    }
    expect(clock.pending).toBe(0);
  }, 20_000);
});
