import { existsSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSession } from '../../src/flows/open-session.js';
import { findNumber, spellingsOf } from '../support/number-scan.js';
import { sessionHouse, type TestHouse } from '../support/session-house.js';
import { ACME } from '../support/session-drafts.js';
import { sqliteFile, type Place } from '../support/sqlite-places.js';

const CUSTOMER = '+14155550123';
const DRIVER = '+12125550198';

let place: Place;
let house: TestHouse;

beforeEach(() => {
  place = sqliteFile();
  house = sessionHouse(place.store);
});
afterEach(() => place.close());

/** Every byte that rests on disk. */
function atRest(): Buffer {
  const files = [place.path, `${place.path}-wal`, `${place.path}-shm`].filter(existsSync);
  expect(files).toHaveLength(3);
  return Buffer.concat(files.map((file) => readFileSync(file)));
}

describe('the database at rest', () => {
  beforeEach(async () => {
    await openSession(house, {
      tenant: ACME,
      kind: 'case',
      reference: 'order 77',
      participants: [{ number: CUSTOMER, reference: 'c-1' }, { number: '(212) 555-0198' }],
    });
  });

  it('holds no number of a participant in any spelling, in the file or its log', () => {
    const bytes = atRest();
    expect(bytes.includes('order 77')).toBe(true);
    expect(findNumber(bytes, CUSTOMER)).toEqual([]);
    expect(findNumber(bytes, DRIVER)).toEqual([]);
  });

  it('holds no PBX address either', async () => {
    await openSession(house, {
      tenant: ACME,
      kind: 'case',
      participants: [{ number: CUSTOMER }, { sip: 'sip:margarete@pbx.acme.example' }],
    });
    expect(atRest().includes('margarete')).toBe(false);
  });

  it('would be caught with each spelling that the scan knows', () => {
    const clean = atRest();
    for (const { name, bytes } of spellingsOf(CUSTOMER)) {
      expect(findNumber(Buffer.concat([clean, bytes, clean]), CUSTOMER)).toContain(name);
    }
  });

  it.each([
    ['a text', `tel:${CUSTOMER}`, 'digits'],
    ['an integer', BigInt(CUSTOMER), 'integer'],
    ['a float', Number(CUSTOMER), 'float'],
    ['JSON in base64', Buffer.from(`{"n":"${CUSTOMER}"}`).toString('base64'), /^base64/],
  ])('would be caught as %s', (_, value, name) => {
    const leaky = new Database(place.path);
    leaky.exec('CREATE TABLE leaky (value)');
    leaky.prepare('INSERT INTO leaky VALUES (?)').run(value);
    expect(findNumber(atRest(), CUSTOMER).join('\n')).toMatch(name);
    leaky.close();
  });
});
