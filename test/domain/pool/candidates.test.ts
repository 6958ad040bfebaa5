import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SipAddress, type PartyAddress } from '../../../src/domain/numbers/party-address.js';
import { RealNumber } from '../../../src/domain/numbers/real-number.js';
import {
  candidatesFor,
  type Candidates,
  type PoolParty,
} from '../../../src/domain/pool/candidates.js';
import type { SessionId } from '../../../src/domain/sessions/session.js';
import { didNo, dids, key } from '../../support/session-drafts.js';

const number = (text: string): PartyAddress => RealNumber.parse(text)!;
const party = (name: string, address = number('+12125550100')): PoolParty => {
  return { key: key(name), address };
};

function ask(change: Partial<Parameters<typeof candidatesFor>[0]> = {}): Candidates {
  const pool = change.dids ?? dids(5);
  return candidatesFor({
    session: 'sess_1' as SessionId,
    parties: [party('ann'), party('bob')],
    dids: pool,
    isDid: (did) => pool.includes(did),
    ...change,
  });
}

function given(answer: Candidates): readonly (readonly string[])[] {
  if (!answer.ok) throw new Error(answer.reason);
  return answer.candidates;
}

describe('candidatesFor', () => {
  it('offers each participant every DID of the tenant once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.string(), (count, id) => {
        for (const list of given(ask({ dids: dids(count), session: id as SessionId }))) {
          expect([...list].sort()).toEqual([...dids(count)].sort());
        }
      }),
    );
  });

  it('gives the same lists for the same request', () => {
    expect(ask()).toEqual(ask());
  });

  it('gives a participant a list that does not depend on the other one', () => {
    const [withBob] = given(ask());
    const [withCid] = given(ask({ parties: [party('ann'), party('cid')] }));
    const [, asSecond] = given(ask({ parties: [party('cid'), party('ann')] }));
    expect(withCid).toEqual(withBob);
    expect(asSecond).toEqual(withBob);
  });

  it('starts all over the pool, for one participant of many sessions as for many of one each', () => {
    const starts = (of: (n: number) => Candidates): number[] => {
      const counts = new Map<string, number>();
      for (let n = 0; n < 4000; n += 1) {
        const first = given(of(n))[0]?.[0] ?? '';
        counts.set(first, (counts.get(first) ?? 0) + 1);
      }
      return dids(5).map((did) => counts.get(did) ?? 0);
    };
    const oneParty = starts((n) => ask({ session: `sess_${n}` as SessionId }));
    const oneSession = starts((n) => ask({ parties: [party(`p${n}`), party('bob')] }));
    // 800 each were it perfectly even; four standard deviations are about 100.
    for (const count of [...oneParty, ...oneSession])
      expect(Math.abs(count - 800)).toBeLessThan(110);
  });

  it('refuses a participant whose own number is a DID, of any tenant', () => {
    const isOurs = party('did', number(didNo(2)));
    const reason = { ok: false, reason: 'participant-is-did' };
    expect(ask({ parties: [isOurs, party('bob')] })).toEqual({ ...reason, participant: 0 });
    expect(ask({ parties: [party('ann'), isOurs] })).toEqual({ ...reason, participant: 1 });
    const elsewhere = party('x', number('+4930901820'));
    const asked = ask({
      parties: [party('ann'), elsewhere],
      isDid: (did) => did === '+4930901820',
    });
    expect(asked).toEqual({ ...reason, participant: 1 });
  });

  it('does not take a SIP address for a DID', () => {
    const agent = { key: key('agent'), address: SipAddress.parse(`sip:${didNo(1)}@pbx.example`)! };
    expect(ask({ parties: [agent, party('bob')] }).ok).toBe(true);
  });

  it('refuses two equal participants', () => {
    const answer = ask({ parties: [party('ann'), party('ann')] });
    expect(answer).toEqual({ ok: false, reason: 'participants-equal', participant: 1 });
  });
});
