import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  SipAddress,
  unmaskParty,
  type PartyAddress,
} from '../../src/domain/numbers/party-address.js';
import { RealNumber } from '../../src/domain/numbers/real-number.js';
import type { PartyRef } from '../../src/domain/sessions/session.js';
import { StoreError } from '../../src/flows/ports/store-error.js';
import { VaultError, type Vault } from '../../src/flows/ports/vault.js';
import { connect } from '../../src/store/sqlite/connection.js';
import { migrations } from '../../src/store/sqlite/migrations/index.js';
import { migrate } from '../../src/store/sqlite/migrator.js';
import { storeOver, type SqliteStore } from '../../src/store/sqlite/open.js';
import type { VaultKeys } from '../../src/vault/key-file.js';
import { proveKeys } from '../../src/vault/prove-keys.js';
import { openVault } from '../../src/vault/vault.js';
import { FakeClock } from '../support/fake-clock.js';
import { FixedIds } from '../support/fixed-ids.js';
import { recordingMetrics } from '../support/recording-telemetry.js';
import { ACME, GLOBEX } from '../support/session-drafts.js';
import { testKeys } from '../support/session-house.js';

const number = RealNumber.parse('+14155550123')!;
const address = SipAddress.parse('sip:1007@pbx.acme.example')!;

let db: Database.Database;
let store: SqliteStore;
let vault: Vault;
const metrics = recordingMetrics();
const ids = new FixedIds();

const open = (keys: VaultKeys): Vault =>
  openVault({ keys, parties: store.parties, ids, clock: new FakeClock(), metrics });

beforeEach(() => {
  db = connect(':memory:');
  migrate(db, migrations);
  store = storeOver(db);
  vault = open(testKeys());
  metrics.calls.length = 0;
});
afterEach(() => store.close());

const reveal = async (ref: PartyRef, by = vault): Promise<string> =>
  unmaskParty(await by.reveal(ACME, ref, 'address-leg'));

describe('keeping', () => {
  it.each([
    ['a number', number],
    ['a SIP address', address],
  ])('gives %s back as it was', async (_, party: PartyAddress) => {
    expect(await reveal(await vault.keep(ACME, party))).toBe(unmaskParty(party));
  });

  it('answers one reference for one party of one tenant, however often and at once', async () => {
    const refs = await Promise.all(Array.from({ length: 5 }, () => vault.keep(ACME, number)));
    expect(new Set(refs).size).toBe(1);
    expect(refs[0]).toMatch(/^pty_/);
    expect(await vault.keep(ACME, RealNumber.parse('(415) 555-0123', 'US')!)).toBe(refs[0]);
    expect(await vault.keep(ACME, address)).not.toBe(refs[0]);
    expect(db.prepare('SELECT count(*) FROM parties').pluck().get()).toBe(2);
  });

  it('says whether any party is kept: then a missing key file must not be made anew', async () => {
    expect(store.holdsParties()).toBe(false);
    await vault.keep(ACME, number);
    expect(store.holdsParties()).toBe(true);
  });
});

describe('keys of parties', () => {
  it('are the same for every spelling, and say nothing of the number', () => {
    const key = vault.keyOf(ACME, number);
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(vault.keyOf(ACME, RealNumber.parse('415 555 0123', 'US')!)).toBe(key);
    expect(vault.keyOf(ACME, RealNumber.parse('+14155550124')!)).not.toBe(key);
  });

  it('are different for each tenant and each key file', () => {
    const keys = [
      vault.keyOf(ACME, number),
      vault.keyOf(GLOBEX, number),
      open(testKeys(99)).keyOf(ACME, number),
    ];
    expect(new Set(keys).size).toBe(3);
  });
});

describe('references', () => {
  it('of equal parties of two tenants are different, and closed to each other', async () => {
    const mine = await vault.keep(ACME, number);
    const theirs = await vault.keep(GLOBEX, number);
    expect(mine).not.toBe(theirs);
    await expect(reveal(theirs)).rejects.toThrow(VaultError);
  });

  it('that are unknown are refused by name', async () => {
    await expect(reveal('pty_none' as PartyRef)).rejects.toThrow('does not know pty_none');
  });
});

describe('tampering', () => {
  const set = (column: string, value: unknown): void => {
    db.prepare(`UPDATE parties SET ${column} = ?`).run(value);
  };

  it.each([
    ['nonce', 0],
    ['nonce', 11],
    ['ciphertext', 12],
    ['ciphertext', -17],
    ['tag', -16],
    ['tag', -1],
  ])('with the %s at %i is found', async (_, at) => {
    const ref = await vault.keep(ACME, number);
    const row = await store.parties.find(ACME, ref);
    const sealed = Buffer.from(row!.sealed);
    sealed[at < 0 ? sealed.length + at : at]! ^= 1;
    set('sealed', sealed);
    await expect(reveal(ref)).rejects.toThrow(VaultError);
  });

  it('by putting the seal of one party into the row of another is found', async () => {
    const mine = await vault.keep(ACME, number);
    const other = await vault.keep(ACME, address);
    const { sealed } = (await store.parties.find(ACME, other))!;
    db.prepare('UPDATE parties SET sealed = ? WHERE ref = ?').run(sealed, mine);
    await expect(reveal(mine)).rejects.toThrow(VaultError);
  });

  it('by moving a row to another tenant or reference is found', async () => {
    const ref = await vault.keep(ACME, number);
    set('tenant', GLOBEX);
    await expect(vault.reveal(GLOBEX, ref, 'api-reveal')).rejects.toThrow(VaultError);
    set('tenant', ACME);
    set('ref', 'pty_moved');
    await expect(reveal('pty_moved' as PartyRef)).rejects.toThrow(VaultError);
  });

  it('with the key version is found, and a missing key is named', async () => {
    const ref = await vault.keep(ACME, number);
    set('key_version', 2);
    await expect(reveal(ref)).rejects.toThrow('key version 2, which sealed');
    const both = open(testKeys(7, [1, 2]));
    await expect(reveal(ref, both)).rejects.toThrow(VaultError);
  });

  it('with the whole row is a fault of the store', async () => {
    const ref = await vault.keep(ACME, number);
    set('created_at', 2 ** 60);
    await expect(reveal(ref)).rejects.toThrow(StoreError);
  });
});

describe('a second key', () => {
  it('seals what is new, opens what is old, and keeps every party recognised', async () => {
    const old = await vault.keep(ACME, number);
    const rotated = open(testKeys(7, [1, 2]));
    expect(rotated.keyOf(ACME, number)).toBe(vault.keyOf(ACME, number));
    expect(await rotated.keep(ACME, number)).toBe(old);
    expect(await reveal(old, rotated)).toBe(unmaskParty(number));
    const fresh = await rotated.keep(ACME, address);
    expect((await store.parties.find(ACME, fresh))?.keyVersion).toBe(2);
    expect(await reveal(fresh, rotated)).toBe(unmaskParty(address));
    await expect(reveal(fresh)).rejects.toThrow('key version 2');
  });
});

describe('proving the keys at start-up', () => {
  it('accepts the file that sealed, also with a newer key beside it', async () => {
    expect(store.anyParty()).toBeUndefined();
    await vault.keep(ACME, number);
    proveKeys(testKeys(), store.anyParty()!);
    proveKeys(testKeys(7, [1, 2]), store.anyParty()!);
  });

  it('refuses another file, and one whose lowest version was taken away', async () => {
    await vault.keep(ACME, number);
    expect(() => proveKeys(testKeys(99), store.anyParty()!)).toThrow('made with another key');
    const { byVersion, current } = testKeys(7, [1, 2]);
    const lookup = byVersion.get(2)!;
    const stripped = { byVersion, current, lookup };
    expect(() => proveKeys(stripped, store.anyParty()!)).toThrow('restore its lowest version');
  });
});

it('counts what it does and what goes wrong', async () => {
  const ref = await vault.keep(ACME, number);
  await reveal(ref);
  await expect(reveal('pty_none' as PartyRef)).rejects.toThrow();
  expect(metrics.calls).toEqual([
    ['vaultOperation', 'keep', 'ok'],
    ['vaultOperation', 'reveal', 'ok'],
    ['vaultOperation', 'reveal', 'error'],
  ]);
});
