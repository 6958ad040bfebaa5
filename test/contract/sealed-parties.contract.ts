import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PartyRef } from '../../src/domain/sessions/session.js';
import type { SealedParties, SealedParty } from '../../src/flows/ports/vault.js';
import { FixedIds } from '../support/fixed-ids.js';
import { ACME, GLOBEX, key, NINE } from '../support/session-drafts.js';
import type { StoreUnderTest } from './session-store.contract.js';

const ids = new FixedIds();

function sealed(name: string, change: Partial<SealedParty> = {}): SealedParty {
  return {
    ref: ids.next('pty') as PartyRef,
    tenant: ACME,
    partyKey: key(name),
    keyVersion: 1,
    sealed: Uint8Array.from([1, 2, 3, 0, 255]),
    createdAt: NINE,
    ...change,
  };
}

/** What every SealedParties keeps to, whatever it is made of. */
export function describeSealedParties(
  name: string,
  start: () => Promise<StoreUnderTest<SealedParties>>,
): void {
  describe(`SealedParties over ${name}`, () => {
    let under: StoreUnderTest<SealedParties>;
    let parties: SealedParties;

    beforeEach(async () => {
      under = await start();
      parties = under.store;
    });
    afterEach(() => under.close());

    it('finds a row by reference and by key, byte for byte', async () => {
      const row = sealed('ann');
      expect(same(await parties.keep(row))).toEqual(row);
      expect(same(await parties.find(ACME, row.ref))).toEqual(row);
      expect(same(await parties.findByKey(ACME, row.partyKey))).toEqual(row);
    });

    it('keeps the first row of a party and answers it to everyone after', async () => {
      const first = sealed('ann');
      await parties.keep(first);
      const second = await parties.keep(sealed('ann', { sealed: Uint8Array.from([9]) }));
      expect(same(second)).toEqual(first);
    });

    it('answers one row to two at once', async () => {
      const kept = await Promise.all([parties.keep(sealed('ann')), parties.keep(sealed('ann'))]);
      expect(kept[0].ref).toBe(kept[1].ref);
    });

    it('keeps tenants apart', async () => {
      const mine = sealed('ann');
      const theirs = sealed('ann', { tenant: GLOBEX });
      await parties.keep(mine);
      expect(same(await parties.keep(theirs))).toEqual(theirs);
      expect(await parties.find(GLOBEX, mine.ref)).toBeUndefined();
      expect((await parties.findByKey(ACME, key('ann')))?.ref).toBe(mine.ref);
    });

    it('knows nothing that was not kept', async () => {
      expect(await parties.find(ACME, 'pty_none' as PartyRef)).toBeUndefined();
      expect(await parties.findByKey(ACME, key('nobody'))).toBeUndefined();
    });
  });
}

/** A Buffer and a Uint8Array of the same bytes are the same to us. */
function same(row: SealedParty | undefined): SealedParty | undefined {
  return row && { ...row, sealed: Uint8Array.from(row.sealed) };
}
