import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallId, LegId, LegRecord } from '../../src/domain/records/leg-record.js';
import type { PartyRef, SessionId } from '../../src/domain/sessions/session.js';
import { later, seconds } from '../../src/domain/time.js';
import type { LegRecords } from '../../src/flows/ports/records.js';
import { FixedIds } from '../support/fixed-ids.js';
import { ACME, didNo, GLOBEX, NINE } from '../support/session-drafts.js';
import type { StoreUnderTest } from './session-store.contract.js';

const ids = new FixedIds();
export const nextCall = (): CallId => ids.next('call') as CallId;

export function leg(callId: CallId, change: Partial<LegRecord> = {}): LegRecord {
  return {
    legId: ids.next('leg') as LegId,
    callId,
    leg: 'a',
    direction: 'from_carrier',
    tenant: ACME,
    sessionId: undefined,
    trunk: 'carrier-1',
    partyRef: undefined,
    proxyNumber: didNo(1),
    consentOutcome: undefined,
    remoteCountry: 'US',
    sipCallId: 'abc@198.51.100.7',
    startedAt: NINE,
    ringingAt: undefined,
    answeredAt: undefined,
    endedAt: undefined,
    status: 'initiated',
    endedBy: undefined,
    sipStatus: undefined,
    q850Cause: undefined,
    result: undefined,
    reason: undefined,
    node: 'n1',
    recordingId: undefined,
    ...change,
  };
}

const HUNG_UP = {
  endedAt: later(NINE, seconds(30)),
  status: 'completed',
  endedBy: 'caller',
  sipStatus: 200,
  q850Cause: 16,
  result: 'success',
  reason: 'caller-hung-up',
} as const;

/** What every LegRecords keeps to, whatever it is made of. */
export function describeLegRecords(
  name: string,
  start: () => Promise<StoreUnderTest<LegRecords>>,
): void {
  describe(`LegRecords over ${name}`, () => {
    let under: StoreUnderTest<LegRecords>;
    let records: LegRecords;

    beforeEach(async () => {
      under = await start();
      records = under.store;
    });
    afterEach(() => under.close());

    const only = async (of: LegRecord): Promise<LegRecord | undefined> =>
      (await records.legsOf(ACME, of.callId)).find(({ legId }) => legId === of.legId);

    it('keeps a draft whole', async () => {
      const bare = leg(nextCall());
      await records.start(bare);
      expect(await only(bare)).toEqual(bare);
    });

    it('learns the tenant, the session and the progress of a leg step by step', async () => {
      const start = leg(nextCall(), { tenant: undefined, proxyNumber: undefined });
      await records.start(start);
      expect(await records.legsOf(ACME, start.callId)).toEqual([]);
      const known = {
        tenant: ACME,
        sessionId: 'sess_1' as SessionId,
        partyRef: 'pty_1' as PartyRef,
        proxyNumber: didNo(2),
      };
      await records.update(start.legId, known);
      await records.update(start.legId, { ringingAt: NINE, status: 'ringing' });
      await records.update(start.legId, { answeredAt: NINE, status: 'in-progress' });
      await records.update(start.legId, { consentOutcome: 'opted-in' });
      expect(await only(start)).toEqual({
        ...start,
        ...known,
        ringingAt: NINE,
        answeredAt: NINE,
        consentOutcome: 'opted-in',
        status: 'in-progress',
      });
      await records.end(start.legId, HUNG_UP);
      expect(await only(start)).toMatchObject({ ...known, ...HUNG_UP, answeredAt: NINE });
    });

    it('changes nothing for an empty update, and takes undefined as no change', async () => {
      const draft = leg(nextCall());
      await records.start(draft);
      await records.update(draft.legId, {});
      await records.update(draft.legId, { trunk: undefined, remoteCountry: 'DE' });
      expect(await only(draft)).toEqual({ ...draft, remoteCountry: 'DE' });
    });

    it('never changes a record that has ended', async () => {
      const draft = leg(nextCall());
      await records.start(draft);
      await records.end(draft.legId, HUNG_UP);
      const ended = await only(draft);
      await records.end(draft.legId, { ...HUNG_UP, status: 'failed', reason: 'internal-error' });
      await records.update(draft.legId, { status: 'ringing', tenant: GLOBEX });
      await records.endAbandoned('n1', 'node-crashed', later(NINE, seconds(99)));
      expect(await only(draft)).toEqual(ended);
    });

    it('does nothing for a leg it does not know', async () => {
      await records.update('leg_none' as LegId, { status: 'ringing' });
      await records.end('leg_none' as LegId, HUNG_UP);
      expect(await records.countOpen()).toBe(0);
    });

    it('refuses to start a leg twice', async () => {
      const draft = leg(nextCall());
      await records.start(draft);
      await expect(records.start(draft)).rejects.toMatchObject({
        name: 'StoreError',
        fault: 'conflict',
      });
    });

    it('shows at once what it was told, though nobody waited', async () => {
      const draft = leg(nextCall(), { tenant: undefined });
      const all = [
        records.start(draft),
        records.update(draft.legId, { tenant: ACME }),
        records.update(draft.legId, { ringingAt: NINE, status: 'ringing' }),
      ];
      expect(await records.countOpen()).toBe(1);
      all.push(records.update(draft.legId, { remoteCountry: 'DE' }));
      const [call] = await records.list({ tenant: ACME, limit: 1 });
      expect(call?.legs[0]).toMatchObject({ status: 'ringing', remoteCountry: 'DE' });
      all.push(records.end(draft.legId, HUNG_UP));
      expect(await only(draft)).toMatchObject({ ringingAt: NINE, ...HUNG_UP });
      await Promise.all(all);
    });

    it('ends none that a crash left and that it was just told has ended', async () => {
      const draft = leg(nextCall());
      const all = [records.start(draft), records.end(draft.legId, HUNG_UP)];
      expect(await records.endAbandoned('n1', 'node-crashed', later(NINE, seconds(60)))).toBe(0);
      await Promise.all(all);
    });

    it('keeps the order of what comes at once, and lets the first end count', async () => {
      const draft = leg(nextCall());
      await Promise.all([
        records.start(draft),
        records.update(draft.legId, { status: 'ringing', ringingAt: NINE }),
        records.update(draft.legId, { status: 'in-progress', ringingAt: undefined }),
        records.end(draft.legId, HUNG_UP),
        records.update(draft.legId, { status: 'ringing', tenant: GLOBEX }),
        records.end(draft.legId, { ...HUNG_UP, status: 'failed', reason: 'internal-error' }),
      ]);
      expect(await only(draft)).toEqual({ ...draft, ringingAt: NINE, ...HUNG_UP });
    });

    it('lets a write that fails take no other with it', async () => {
      const legs = [1, 2, 3].map(() => leg(nextCall()));
      const [first, second, third] = legs;
      await records.start(first!);
      const outcomes = await Promise.allSettled([
        records.update(first!.legId, { remoteCountry: 'DE' }),
        records.start(second!),
        records.start(first!),
        records.end(second!.legId, HUNG_UP),
        records.start(third!),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual([
        ...['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      ]);
      expect(await Promise.all(legs.map(only))).toEqual([
        { ...first, remoteCountry: 'DE' },
        { ...second, ...HUNG_UP },
        third,
      ]);
    });

    it('counts the drafts of living legs', async () => {
      const legs = [leg(nextCall()), leg(nextCall()), leg(nextCall(), { tenant: undefined })];
      for (const each of legs) await records.start(each);
      expect(await records.countOpen()).toBe(3);
      await records.end(legs[0]!.legId, HUNG_UP);
      expect(await records.countOpen()).toBe(2);
    });

    it('ends what a crashed node left, with the verdict, and nothing of other nodes', async () => {
      const mine = leg(nextCall());
      const others = leg(nextCall(), { node: 'n2' });
      await records.start(mine);
      await records.start(others);
      const at = later(NINE, seconds(60));
      expect(await records.endAbandoned('n1', 'node-crashed', at)).toBe(1);
      expect(await records.endAbandoned('n1', 'node-crashed', at)).toBe(0);
      expect(await only(mine)).toEqual({
        ...mine,
        endedAt: at,
        endedBy: 'system',
        status: 'failed',
        q850Cause: 41,
        result: 'masking_error',
        reason: 'node-crashed',
      });
      expect(await only(others)).toEqual(others);
    });

    it('never ends a record before it started', async () => {
      const draft = leg(nextCall(), { startedAt: later(NINE, seconds(10)) });
      await records.start(draft);
      await records.endAbandoned('n1', 'node-crashed', NINE);
      expect((await only(draft))?.endedAt).toBe(draft.startedAt);
    });

    it('lists calls newest first with their legs, newest leg last, page by page', async () => {
      const calls = [nextCall(), nextCall(), nextCall()];
      for (const call of calls) await records.start(leg(call));
      for (const call of calls) await records.start(leg(call, { leg: 'b' }));
      await records.start(leg(nextCall(), { tenant: GLOBEX }));
      const first = await records.list({ tenant: ACME, limit: 2 });
      expect(first.map(({ callId }) => callId)).toEqual([calls[2], calls[1]]);
      expect(first.map(({ legs }) => legs.map((each) => each.leg))).toEqual([
        ['a', 'b'],
        ['a', 'b'],
      ]);
      const rest = await records.list({ tenant: ACME, limit: 2, before: calls[1]! });
      expect(rest.map(({ callId }) => callId)).toEqual([calls[0]]);
    });

    it('lists the calls of one session with all their legs', async () => {
      const sessionId = 'sess_9' as SessionId;
      const [call, other] = [nextCall(), nextCall()];
      await records.start(leg(call));
      await records.start(leg(call, { leg: 'b', sessionId }));
      await records.start(leg(other, { sessionId: 'sess_8' as SessionId }));
      const calls = await records.list({ tenant: ACME, sessionId, limit: 5 });
      expect(calls.map(({ callId, legs }) => [callId, legs.length])).toEqual([[call, 2]]);
      expect(await records.list({ tenant: GLOBEX, sessionId, limit: 5 })).toEqual([]);
      expect(await records.list({ tenant: ACME, sessionId, before: call, limit: 5 })).toEqual([]);
    });

    it('shows the legs of a call to its own tenant only', async () => {
      const draft = leg(nextCall());
      await records.start(draft);
      expect(await records.legsOf(GLOBEX, draft.callId)).toEqual([]);
    });
  });
}
