import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolve } from '../../../src/domain/sessions/resolve.js';
import type { Session } from '../../../src/domain/sessions/session.js';
import { instant, later, minutes } from '../../../src/domain/time.js';
import { didNo, draft, key, NINE, side, withDid } from '../../support/session-drafts.js';

function session(change: Partial<Session> = {}): Session {
  const { participants, ...rest } = draft(side('ann'), side('bob'));
  const [ann, bob] = [withDid(participants[0], didNo(0)), withDid(participants[1], didNo(1))];
  return { ...rest, status: 'open', closedAt: undefined, participants: [ann, bob], ...change };
}

const SOON = later(NINE, minutes(1));

describe('resolve', () => {
  it('leads each participant to the other on their own DID', () => {
    const of = session();
    const [ann, bob] = of.participants;
    const fromAnn = resolve(of, didNo(0), key('ann'), SOON);
    expect(fromAnn).toEqual({ ok: true, session: of, caller: ann, callee: bob });
    const fromBob = resolve(of, didNo(1), key('bob'), SOON);
    expect(fromBob).toEqual({ ok: true, session: of, caller: bob, callee: ann });
  });

  it.each([
    ['no session is found', undefined, didNo(0), key('ann')],
    ['the caller is withheld', session(), didNo(0), undefined],
    ['the caller is a stranger', session(), didNo(0), key('cid')],
    ['the DID is the other party’s', session(), didNo(1), key('ann')],
    ['the DID is of neither', session(), didNo(2), key('ann')],
  ])('knows no caller when %s', (_, of, did, caller) => {
    expect(resolve(of, did, caller, SOON)).toEqual({ ok: false, reason: 'unknown-caller' });
  });

  it('knows no caller when both participants are the same party', () => {
    const [ann, bob] = session().participants;
    const twice = session({ participants: [ann, { ...bob, partyKey: ann.partyKey }] });
    for (const did of [didNo(0), didNo(1)]) {
      expect(resolve(twice, did, key('ann'), SOON)).toMatchObject({ reason: 'unknown-caller' });
    }
  });

  it('tells a participant that the session has expired, swept or not', () => {
    const reason = 'session-expired';
    const late = later(NINE, minutes(60));
    expect(resolve(session(), didNo(0), key('ann'), late)).toMatchObject({ ok: false, reason });
    const swept = session({ status: 'expired', closedAt: late });
    expect(resolve(swept, didNo(0), key('ann'), SOON)).toMatchObject({ ok: false, reason });
  });

  it('tells a participant that the session was closed, and a stranger nothing', () => {
    const closed = session({ status: 'closed', closedAt: NINE });
    const answer = resolve(closed, didNo(0), key('ann'), later(NINE, minutes(99)));
    expect(answer).toMatchObject({
      ...{ ok: false, reason: 'session-closed' },
      ...{ caller: { partyKey: key('ann') }, callee: { partyKey: key('bob') } },
    });
    expect(resolve(closed, didNo(0), key('cid'), SOON)).toMatchObject({ reason: 'unknown-caller' });
  });

  it('never leads to a wrong party, whatever row the store hands over', () => {
    const party = fc.constantFrom('ann', 'bob', 'cid').map(key);
    const did = fc.nat(3).map(didNo);
    const [ann, bob] = session().participants;
    const anyRow = fc
      .record({
        keys: fc.tuple(party, party),
        dids: fc.tuple(did, did),
        status: fc.constantFrom('open', 'closed', 'expired'),
        expiresAt: fc.option(fc.integer({ min: NINE - 5, max: NINE + 5 }).map(instant), {
          nil: undefined,
        }),
      })
      .map(({ keys, dids, status, expiresAt }) =>
        session({
          status,
          expiresAt,
          participants: [
            { ...ann, partyKey: keys[0], proxyNumber: dids[0] },
            { ...bob, partyKey: keys[1], proxyNumber: dids[1] },
          ],
        }),
      );
    fc.assert(
      fc.property(anyRow, did, party, (row, dialed, caller) => {
        const answer = resolve(row, dialed, caller, NINE);
        if (!answer.ok) return;
        expect(answer.caller).toMatchObject({ partyKey: caller, proxyNumber: dialed });
        expect(answer.callee.partyKey).not.toBe(caller);
        expect(row.participants).toEqual(expect.arrayContaining([answer.caller, answer.callee]));
        expect(row.status).toBe('open');
        expect(row.expiresAt === undefined || row.expiresAt > NINE).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
