import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallId } from '../../src/domain/records/leg-record.js';
import { connect } from '../../src/store/sqlite/connection.js';
import { migrations } from '../../src/store/sqlite/migrations/index.js';
import { migrate } from '../../src/store/sqlite/migrator.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { region } from '../../src/domain/consent/region.js';
import { ACME, NINE } from '../support/session-drafts.js';
import { temporaryDirectory } from '../support/sqlite-places.js';

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, 'callveil.db');
});
afterEach(() => directory.remove());

describe('a database from before consent was asked for', () => {
  it('keeps its leg records, of which none was asked', async () => {
    const db = connect(path);
    migrate(db, migrations.slice(0, 1));
    db.exec(
      `INSERT INTO leg_records (leg_id, call_id, leg, direction, tenant, sip_call_id, started_at, status, node)
       VALUES ('leg_1', 'call_1', 'a', 'from_carrier', 'acme', 'x', ${NINE}, 'initiated', 'n1')`,
    );
    db.close();
    const store = openSqliteStore({ path });
    const [leg] = await store.records.legsOf(ACME, 'call_1' as CallId);
    expect(leg).toMatchObject({ legId: 'leg_1', consentOutcome: undefined });
    store.close();
  });
});

describe('a consent decision', () => {
  it('can be neither changed nor removed, not even by hand', async () => {
    const store = openSqliteStore({ path });
    await store.consents.append({
      ...{ at: NINE, tenant: ACME, callId: 'call_1' as CallId, leg: 'a', role: 'agent' },
      ...{ region: region('DE'), rule: region('DE'), mode: 'by-law' },
      ...{ measure: 'opt-in', outcome: 'refused' },
    });
    store.close();
    const db = connect(path);
    expect(() => db.exec(`UPDATE consent_decisions SET outcome = 'opted-in'`)).toThrow(
      'never changed',
    );
    expect(() => db.exec('DELETE FROM consent_decisions')).toThrow('never removed');
    db.close();
  });
});
