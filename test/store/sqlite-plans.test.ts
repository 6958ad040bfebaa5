import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { CONSENT_SQL } from '../../src/store/sqlite/consent-log.js';
import { LEG_SQL } from '../../src/store/sqlite/leg-records.js';
import { migrations } from '../../src/store/sqlite/migrations/index.js';
import { migrate } from '../../src/store/sqlite/migrator.js';
import { RECORDING_SQL } from '../../src/store/sqlite/recordings.js';
import { SESSION_SQL } from '../../src/store/sqlite/session-statements.js';

// With a million sessions a scan or a sort is an outage, so the plan of each statement is held.
const db = new Database(':memory:');
migrate(db, migrations);
afterAll(() => db.close());

function plan(sql: string): string {
  // better-sqlite3 wants every parameter bound, also to explain.
  const names = [...sql.matchAll(/@(\w+)/g)].map((match) => match[1] ?? '');
  const statement = db.prepare(`EXPLAIN QUERY PLAN ${sql}`);
  const rows =
    names.length > 0
      ? statement.all(Object.fromEntries(names.map((name) => [name, 1])))
      : statement.all(Array.from(sql.matchAll(/\?/g), () => 1));
  return rows.map((row) => (row as { detail: string }).detail).join('\n');
}

const recordings = Object.entries(RECORDING_SQL).map(
  ([name, sql]) => [`${name} of recordings`, sql] as const,
);
const readers = [
  ...Object.entries({ ...SESSION_SQL, ...LEG_SQL, consentsOfCall: CONSENT_SQL.ofCall }),
  ...recordings,
].filter(([name]) => !/^(insert|bind)\b/.test(name));

describe('statement plans', () => {
  it.each(readers)('%s seeks an index', (_, sql) => {
    const steps = plan(sql);
    // The open legs are counted over an index that holds nothing else; the max() of two rows is one.
    const scans = steps
      .split('\n')
      .filter((line) => /^SCAN/.test(line))
      .filter((line) => !/leg_records_open|\(subquery|CONSTANT ROW/.test(line));
    expect(scans).toEqual([]);
    expect(steps).toMatch(/INDEX|PRIMARY KEY/);
  });

  it.each(readers.filter(([name]) => /^page|^by|due|between/.test(name)))(
    '%s reads in the order of its index',
    (_, sql) => {
      expect(plan(sql)).not.toMatch(/TEMP B-TREE FOR ORDER BY$/m);
    },
  );

  it('resolves a call with one seek for the binding and one for the session', () => {
    expect(plan(SESSION_SQL.byLiveBinding).split('\n')).toEqual([
      'SEARCH b USING PRIMARY KEY (tenant=? AND party_key=? AND did=?)',
      'SEARCH s USING INTEGER PRIMARY KEY (rowid=?)',
    ]);
  });
});
