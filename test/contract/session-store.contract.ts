import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../../src/domain/sessions/session.js';
import { later, minutes } from '../../src/domain/time.js';
import type { Opened, SessionStore } from '../../src/flows/ports/sessions.js';
import {
  ACME,
  didNo,
  dids,
  draft,
  GLOBEX,
  key,
  NINE,
  side,
  withDid,
} from '../support/session-drafts.js';
import { walkSessions } from './session-walk.js';

export interface StoreUnderTest<T> {
  readonly store: T;
  close(): Promise<void> | void;
}

/** What every SessionStore keeps to, whatever it is made of. */
export function describeSessionStore(
  name: string,
  start: () => Promise<StoreUnderTest<SessionStore>>,
): void {
  describe(`SessionStore over ${name}`, () => {
    let under: StoreUnderTest<SessionStore>;
    let store: SessionStore;

    beforeEach(async () => {
      under = await start();
      store = under.store;
    });
    afterEach(() => under.close());

    const open = async (...of: Parameters<typeof draft>): Promise<Session> =>
      opened(await store.open(draft(...of)));

    describe('opening', () => {
      it('gives each participant the first candidate and answers what it stored', async () => {
        const wanted = draft(side('ann', [didNo(1), didNo(2)]), side('bob', [didNo(2)]), {
          kind: 'case',
          reference: 'order 7',
          expiresAt: undefined,
        });
        const session = opened(await store.open(wanted));
        expect(session).toMatchObject({ id: wanted.id, status: 'open', closedAt: undefined });
        expect(session.participants.map((p) => p.proxyNumber)).toEqual([didNo(1), didNo(2)]);
        expect(Object.keys(session.participants[0])).not.toContain('candidates');
        expect(await store.find(ACME, session.id)).toEqual(session);
      });

      it('keeps references and the way a participant is reached', async () => {
        const bob = { ...side('bob'), reachedBy: 'pbx', reference: 'agent 9' } as const;
        const session = await open(side('ann'), bob);
        const [, found] = (await store.find(ACME, session.id))!.participants;
        expect(found).toEqual(withDid(bob, didNo(0)));
      });

      it('never gives a participant a DID of another live session of theirs', async () => {
        const first = await open(side('ann'), side('bob'));
        const second = await open(side('ann'), side('cid'));
        expect(didsOf(first)).toEqual([didNo(0), didNo(0)]);
        expect(didsOf(second)).toEqual([didNo(1), didNo(0)]);
      });

      it('names the participant who has no DID left, and stores nothing', async () => {
        await open(side('ann', dids(1)), side('bob', dids(1)));
        const full = { ok: false, reason: 'no-free-did' };
        const asFirst = await store.open(draft(side('ann', dids(1)), side('cid', dids(1))));
        expect(asFirst).toEqual({ ...full, participant: 0 });
        const asSecond = await store.open(draft(side('cid', dids(1)), side('ann', dids(1))));
        expect(asSecond).toEqual({ ...full, participant: 1 });
        expect(await store.list({ tenant: ACME, limit: 10 })).toHaveLength(1);
        expect((await open(side('cid', dids(1)), side('dan', dids(1)))).status).toBe('open');
      });

      it('has no DID to give when there are no candidates', async () => {
        const answer = await store.open(draft(side('ann', []), side('bob')));
        expect(answer).toEqual({ ok: false, reason: 'no-free-did', participant: 0 });
      });

      it('treats equal parties of two tenants as strangers', async () => {
        await open(side('ann', dids(1)), side('bob', dids(1)));
        const other = await open(side('ann', dids(1)), side('bob', dids(1)), { tenant: GLOBEX });
        expect(other.participants[0].proxyNumber).toBe(didNo(0));
      });

      it('takes over DIDs of sessions whose time has passed though nobody swept', async () => {
        const old = await open(side('ann', dids(1)), side('bob', dids(1)));
        const at = old.expiresAt!;
        const next = await open(side('ann', dids(1)), side('cid', dids(1)), { createdAt: at });
        expect(didsOf(next)).toEqual([didNo(0), didNo(0)]);
        expect(await store.find(ACME, old.id)).toMatchObject({ status: 'expired', closedAt: at });
        const bobs = await store.findByBinding(ACME, key('bob'), didNo(0));
        expect(bobs).toMatchObject({ id: old.id, status: 'expired' });
      });

      it('does not take over a millisecond early', async () => {
        const old = await open(side('ann', dids(1)), side('bob', dids(1)));
        const createdAt = later(old.expiresAt!, -1 as never);
        const answer = await store.open(
          draft(side('ann', dids(1)), side('cid', dids(1)), { createdAt }),
        );
        expect(answer.ok).toBe(false);
      });

      it('refuses an id that is taken', async () => {
        const wanted = draft(side('ann'), side('bob'));
        await store.open(wanted);
        await expect(store.open(wanted)).rejects.toMatchObject({
          name: 'StoreError',
          fault: 'conflict',
        });
      });

      it('never opens a session of a party with itself on one DID', async () => {
        const twice = draft(side('ann', dids(1)), side('ann', dids(1)));
        await expect(store.open(twice)).rejects.toMatchObject({ fault: 'conflict' });
        expect(await store.list({ tenant: ACME, limit: 10 })).toEqual([]);
      });

      it('keeps two at once apart', async () => {
        const answers = await Promise.all(
          Array.from({ length: 8 }, (_, n) =>
            store.open(draft(side('ann', dids(5)), side(`bob${n}`, dids(5)))),
          ),
        );
        const given = answers.flatMap((answer) => (answer.ok ? [didsOf(answer.session)[0]] : []));
        expect(new Set(given).size).toBe(5);
        expect(given).toHaveLength(5);
      });
    });

    describe('finding', () => {
      it('finds nothing of another tenant', async () => {
        const session = await open(side('ann'), side('bob'));
        expect(await store.find(GLOBEX, session.id)).toBeUndefined();
        expect(await store.findByBinding(GLOBEX, key('ann'), didNo(0))).toBeUndefined();
        expect(await store.findBetween(GLOBEX, key('ann'), key('bob'), NINE)).toBeUndefined();
        expect(await store.list({ tenant: GLOBEX, limit: 10 })).toEqual([]);
      });

      it('finds a binding from either side, and only with its own DID', async () => {
        const session = await open(side('ann', [didNo(1)]), side('bob', [didNo(2)]));
        expect(await store.findByBinding(ACME, key('ann'), didNo(1))).toEqual(session);
        expect(await store.findByBinding(ACME, key('bob'), didNo(2))).toEqual(session);
        expect(await store.findByBinding(ACME, key('ann'), didNo(2))).toBeUndefined();
        expect(await store.findByBinding(ACME, key('cid'), didNo(1))).toBeUndefined();
      });

      it('prefers the live session of a binding to ended ones, else the newest', async () => {
        const one = await open(side('ann', dids(1)), side('bob'));
        await store.close(ACME, one.id, NINE);
        const two = await open(side('cid'), side('ann', dids(1)));
        expect(await store.findByBinding(ACME, key('ann'), didNo(0))).toEqual(two);
        await store.close(ACME, two.id, NINE);
        const found = await store.findByBinding(ACME, key('ann'), didNo(0));
        expect(found).toMatchObject({ id: two.id, status: 'closed', closedAt: NINE });
      });

      it('finds the newest live session between two parties in either order', async () => {
        await open(side('ann'), side('bob'));
        const newer = await open(side('bob'), side('ann'));
        await open(side('ann'), side('cid'));
        expect(await store.findBetween(ACME, key('ann'), key('bob'), NINE)).toEqual(newer);
        expect(await store.findBetween(ACME, key('bob'), key('ann'), NINE)).toEqual(newer);
        const late = newer.expiresAt!;
        expect(await store.findBetween(ACME, key('ann'), key('bob'), late)).toBeUndefined();
      });

      it('finds by reference: live ones first, then the newest', async () => {
        const old = await open(side('ann'), side('bob'), { reference: 'o1' });
        const newer = await open(side('ann'), side('cid'), { reference: 'o1' });
        expect(await store.findByReference(ACME, 'o1')).toEqual(newer);
        await store.close(ACME, newer.id, NINE);
        expect(await store.findByReference(ACME, 'o1')).toEqual(old);
        await store.close(ACME, old.id, NINE);
        expect(await store.findByReference(ACME, 'o1')).toMatchObject({ id: newer.id });
        expect(await store.findByReference(ACME, 'o2')).toBeUndefined();
      });
    });

    describe('listing', () => {
      it('pages newest first without loss or repetition', async () => {
        const all = [];
        for (let n = 0; n < 7; n += 1) all.unshift(await open(side(`a${n}`), side(`b${n}`)));
        const seen: Session[] = [];
        for (;;) {
          const last = seen.at(-1);
          const page = await store.list({
            tenant: ACME,
            limit: 3,
            ...(last && { before: last.id }),
          });
          if (page.length === 0) break;
          seen.push(...page);
        }
        expect(seen).toEqual(all);
      });

      it('filters by status and by reference, alone and together', async () => {
        const one = await open(side('a'), side('b'), { reference: 'x' });
        const two = await open(side('c'), side('d'), { reference: 'x' });
        const three = await open(side('e'), side('f'));
        await store.close(ACME, one.id, NINE);
        const ids = async (filter: object): Promise<string[]> =>
          (await store.list({ tenant: ACME, limit: 9, ...filter })).map(({ id }) => id);
        expect(await ids({ status: 'open' })).toEqual([three.id, two.id]);
        expect(await ids({ status: 'closed' })).toEqual([one.id]);
        expect(await ids({ reference: 'x' })).toEqual([two.id, one.id]);
        expect(await ids({ reference: 'x', status: 'open' })).toEqual([two.id]);
        expect(await ids({ reference: 'x', before: two.id })).toEqual([one.id]);
        expect(await ids({ status: 'expired' })).toEqual([]);
      });
    });

    describe('ending', () => {
      it('closes once and frees the bindings', async () => {
        const session = await open(side('ann', dids(1)), side('bob', dids(1)));
        const closed = await store.close(ACME, session.id, later(NINE, minutes(1)));
        const ended = { status: 'closed', closedAt: later(NINE, minutes(1)) };
        expect(closed).toEqual({ ...session, ...ended });
        const again = await store.close(ACME, session.id, later(NINE, minutes(2)));
        expect(again).toEqual(closed);
        expect((await open(side('ann', dids(1)), side('bob', dids(1)))).status).toBe('open');
      });

      it('leaves the newer session alone when an old one is closed again', async () => {
        const old = await open(side('ann', dids(1)), side('bob', dids(1)));
        await store.close(ACME, old.id, NINE);
        const live = await open(side('ann', dids(1)), side('bob', dids(1)));
        await store.close(ACME, old.id, NINE);
        expect(await store.findByBinding(ACME, key('ann'), didNo(0))).toEqual(live);
      });

      it('closes no session of another tenant and none that is not there', async () => {
        const session = await open(side('ann'), side('bob'));
        expect(await store.close(GLOBEX, session.id, NINE)).toBeUndefined();
        expect(await store.close(ACME, 'sess_none' as never, NINE)).toBeUndefined();
        expect(await store.find(ACME, session.id)).toMatchObject({ status: 'open' });
      });

      it('expires what is due, at its own time, and counts it', async () => {
        const due = await open(side('ann', dids(1)), side('bob'));
        const later1 = await open(side('cid'), side('dan'), {
          expiresAt: later(NINE, minutes(90)),
        });
        const forever = await open(side('eve'), side('fay'), { expiresAt: undefined });
        const at = later(NINE, minutes(61));
        expect(await store.expireDue(at)).toBe(1);
        expect(await store.expireDue(at)).toBe(0);
        const found = await store.find(ACME, due.id);
        expect(found).toEqual({ ...due, status: 'expired', closedAt: due.expiresAt });
        expect(await store.find(ACME, later1.id)).toEqual(later1);
        expect(await store.find(ACME, forever.id)).toEqual(forever);
        expect(await store.findByBinding(ACME, key('ann'), didNo(0))).toEqual(found);
        expect((await open(side('ann', dids(1)), side('bob'))).status).toBe('open');
      });

      it('does not close what has expired', async () => {
        const session = await open(side('ann'), side('bob'));
        await store.expireDue(session.expiresAt!);
        const answer = await store.close(ACME, session.id, later(NINE, minutes(99)));
        expect(answer).toMatchObject({ status: 'expired', closedAt: session.expiresAt });
      });

      it('expires more than a batch', async () => {
        for (let n = 0; n < 450; n += 1) await open(side(`a${n}`), side(`b${n}`));
        expect(await store.expireDue(later(NINE, minutes(60)))).toBe(450);
        expect(await store.list({ tenant: ACME, status: 'open', limit: 1 })).toEqual([]);
      });
    });

    it('keeps one live session per party and DID on every random walk', async () => {
      await walkSessions(store);
    });
  });
}

function opened(answer: Opened): Session {
  if (!answer.ok) throw new Error(`not opened: ${answer.reason} of ${answer.participant}`);
  return answer.session;
}

function didsOf(session: Session): string[] {
  return session.participants.map((participant) => participant.proxyNumber);
}
