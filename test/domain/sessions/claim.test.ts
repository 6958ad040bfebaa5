import { describe, expect, it } from 'vitest';
import { claimByCase, claimOf, leadsToItself, theOne } from '../../../src/domain/sessions/claim.js';
import type { Participant, Session } from '../../../src/domain/sessions/session.js';
import { draft, didNo, key, NINE, side, withDid } from '../../support/session-drafts.js';

const ann = withDid(side('ann'), didNo(1));
const bob = withDid({ ...side('bob'), reachedBy: 'pbx' }, didNo(2));

const session = (a: Participant, b: Participant, change: Partial<Session> = {}): Session => ({
  ...draft(side('x'), side('y')),
  status: 'open',
  closedAt: undefined,
  participants: [a, b],
  ...change,
});

describe('a claim by case number alone', () => {
  it('is that of the one who calls from outside', () => {
    expect(claimByCase(session(bob, ann), didNo(7))).toMatchObject({ caller: ann, callee: bob });
  });

  it('is that of whom the DID is for, where both call from outside', () => {
    const cid = withDid(side('cid'), didNo(3));
    expect(claimByCase(session(ann, cid), didNo(3))).toMatchObject({ caller: cid, callee: ann });
    expect(claimByCase(session(ann, cid), didNo(9))).toBeUndefined();
    const same = withDid(side('cid'), didNo(1));
    expect(claimByCase(session(ann, same), didNo(1))).toBeUndefined();
  });

  it('is nobody’s in a session of two agents', () => {
    expect(claimByCase(session(bob, { ...bob, id: 'part_x' }), didNo(2))).toBeUndefined();
  });
});

describe('of several claims', () => {
  const claim = (of: Session, who = of.participants[0]) => claimOf(of, who);

  it('the newest counts where all lead to the same party, live ones first', () => {
    const newest = claim(session(ann, bob, { status: 'closed', closedAt: NINE }));
    const live = claim(session(ann, bob));
    expect(theOne([newest, live], NINE)).toBe(live);
    expect(theOne([newest, claim(session(ann, bob, { status: 'expired' }))], NINE)).toBe(newest);
    expect(theOne([], NINE)).toBeUndefined();
  });

  it('none counts where they lead to two parties', () => {
    const cid = withDid(side('cid'), didNo(3));
    expect(theOne([claim(session(ann, bob)), claim(session(ann, cid))], NINE)).toBeUndefined();
  });

  it('one that leads to the telephone it comes from leads to itself', () => {
    const own = claim(session(ann, bob));
    expect(leadsToItself(own, [key('bob')])).toBe(true);
    expect(leadsToItself(own, [key('ann')])).toBe(false);
  });
});
