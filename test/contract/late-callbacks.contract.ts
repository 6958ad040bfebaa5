import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PinHash } from '../../src/domain/ivr/pin.js';
import type { Session } from '../../src/domain/sessions/session.js';
import { later, minutes } from '../../src/domain/time.js';
import type { Reopening, SessionStore } from '../../src/flows/ports/sessions.js';
import { ACME, didNo, dids, draft, GLOBEX, key, NINE, side } from '../support/session-drafts.js';
import type { StoreUnderTest } from './session-store.contract.js';

const HOUR = minutes(60);
const TEN = later(NINE, HOUR);
const again = (change: Partial<Reopening> = {}): Reopening => ({
  at: TEN,
  expiresAt: later(TEN, HOUR),
  ended: ['expired', 'closed'],
  endedAfter: NINE,
  dids: dids(3),
  ...change,
});

/** What a SessionStore knows for callers who come too late, or on another telephone. */
export function describeLateCallbacks(
  name: string,
  start: () => Promise<StoreUnderTest<SessionStore>>,
): void {
  describe(`late callbacks over ${name}`, () => {
    let under: StoreUnderTest<SessionStore>;
    let store: SessionStore;
    beforeEach(async () => {
      under = await start();
      store = under.store;
    });
    afterEach(() => under.close());

    const open = async (...of: Parameters<typeof draft>): Promise<Session> => {
      const opened = await store.open(draft(...of));
      if (!opened.ok) throw new Error('no free DID');
      return opened.session;
    };
    const didsOf = (of: Session | undefined) => of?.participants.map((p) => p.proxyNumber);

    describe('reopening', () => {
      it('opens an expired session again, under its DIDs, for both', async () => {
        const session = await open(side('ann', [didNo(1)]), side('bob', [didNo(2)]));
        await store.expireDue(TEN);
        const reopened = await store.reopen(ACME, session.id, again());
        expect(reopened).toEqual({ ...session, expiresAt: later(TEN, HOUR) });
        expect(await store.findByBinding(ACME, key('ann'), didNo(1))).toEqual(reopened);
        expect(await store.findByBinding(ACME, key('bob'), didNo(2))).toEqual(reopened);
        await store.expireDue(later(TEN, HOUR));
        expect((await store.find(ACME, session.id))?.status).toBe('expired');
      });

      it('opens one whose time has passed though nobody swept', async () => {
        const session = await open(side('ann'), side('bob'));
        const reopened = await store.reopen(ACME, session.id, again());
        expect(reopened).toMatchObject({ status: 'open', closedAt: undefined });
      });

      it('opens none that has ended otherwise than it may have', async () => {
        const session = await open(side('ann'), side('bob'));
        const closed = await store.close(ACME, session.id, NINE);
        expect(await store.reopen(ACME, session.id, again({ ended: ['expired'] }))).toBeUndefined();
        expect(await store.find(ACME, session.id)).toEqual(closed);
      });

      it('answers a live session as it is', async () => {
        const session = await open(side('ann'), side('bob'), { expiresAt: undefined });
        expect(await store.reopen(ACME, session.id, again())).toEqual(session);
      });

      it('gives a participant another DID whose own is in a live session of theirs by now', async () => {
        const session = await open(side('ann', dids(1)), side('bob', dids(1)));
        await store.close(ACME, session.id, NINE);
        const newer = await open(side('ann', dids(1)), side('cid'), { expiresAt: undefined });
        const reopened = await store.reopen(ACME, session.id, again());
        expect(didsOf(reopened)).toEqual([didNo(1), didNo(0)]);
        expect(await store.findByBinding(ACME, key('ann'), didNo(0))).toEqual(newer);
        expect(await store.findByBinding(ACME, key('ann'), didNo(1))).toEqual(reopened);
      });

      it('changes nothing when no DID is free', async () => {
        const session = await open(side('ann', dids(1)), side('bob', dids(1)));
        await store.close(ACME, session.id, NINE);
        await open(side('ann', dids(1)), side('cid'), { expiresAt: undefined });
        const ended = await store.find(ACME, session.id);
        expect(await store.reopen(ACME, session.id, again({ dids: dids(1) }))).toBeUndefined();
        expect(await store.find(ACME, session.id)).toEqual(ended);
        expect(await store.findByBinding(ACME, key('bob'), didNo(0))).toEqual(ended);
      });

      it('gives no DID that the tenant has no more', async () => {
        const session = await open(side('ann', [didNo(9)]), side('bob', [didNo(9)]));
        const reopened = await store.reopen(ACME, session.id, again({ dids: dids(1) }));
        expect(didsOf(reopened)).toEqual([didNo(0), didNo(0)]);
      });

      it('leaves ended what ended too long ago, is another tenant’s, or is not there', async () => {
        const session = await open(side('ann'), side('bob'));
        const soon = again({ endedAfter: later(TEN, 1 as never) });
        expect(await store.reopen(ACME, session.id, soon)).toBeUndefined();
        expect(await store.reopen(GLOBEX, session.id, again())).toBeUndefined();
      });
    });

    describe('finding', () => {
      it('knows sessions by the digits of their reference, the newest first', async () => {
        const one = await open(side('ann'), side('bob'), { reference: 'ORD-20417' });
        await store.close(ACME, one.id, NINE);
        const two = await open(side('cid'), side('dan'), { reference: '20417' });
        await open(side('eve'), side('fay'), { reference: 'ORD-204' });
        const found = await store.findByCaseNumber(ACME, '20417', 5);
        expect(found.map(({ id }) => id)).toEqual([two.id, one.id]);
        expect(await store.findByCaseNumber(ACME, '20417', 1)).toHaveLength(1);
        expect(await store.findByCaseNumber(ACME, '204', 5)).toEqual([]);
        expect(await store.findByCaseNumber(GLOBEX, '20417', 5)).toEqual([]);
      });

      it('knows who has a PIN and which DID they dial, on either side', async () => {
        const pin = 'hash' as PinHash;
        const first = await open({ ...side('ann', [didNo(1)]), pin }, side('bob', [didNo(2)]));
        const second = await open(side('cid', [didNo(2)]), { ...side('dan', [didNo(1)]), pin });
        await open(side('eve', [didNo(1)]), side('fay', [didNo(1)]));
        const found = await store.findWithPin(ACME, didNo(1), 5);
        expect(found.map(({ id }) => id)).toEqual([second.id, first.id]);
        expect(found[1]!.participants.map((one) => one.pin)).toEqual([pin, undefined]);
        expect(await store.findWithPin(ACME, didNo(2), 5)).toEqual([]);
        expect(await store.findWithPin(ACME, didNo(1), 1)).toEqual([second]);
        expect(await store.findWithPin(GLOBEX, didNo(1), 5)).toEqual([]);
      });
    });
  });
}
