import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  begin,
  isEnding,
  next,
  type IvrEvent,
  type IvrState,
} from '../../../src/domain/ivr/dialogue.js';
import type { IvrPolicy } from '../../../src/domain/ivr/ivr-policy.js';
import { farewellOf, outcomeOf } from '../../../src/domain/ivr/outcome.js';
import { SipAddress } from '../../../src/domain/numbers/party-address.js';
import { ivrPolicy } from '../../support/ivr-policy.js';
import '../../support/property-seed.js';

const OPERATOR = SipAddress.parse('sip:queue@pbx.example');

const policies: fc.Arbitrary<IvrPolicy> = fc
  .record({
    findBy: fc.record({ caller: fc.boolean(), case: fc.boolean(), pin: fc.boolean() }),
    caseSuffices: fc.boolean(),
    operator: fc.constantFrom(undefined, OPERATOR),
    tries: fc.integer({ min: 1, max: 5 }),
  })
  .map(ivrPolicy);

const events: fc.Arbitrary<IvrEvent> = fc.oneof(
  fc.record({ is: fc.constant('case-entered' as const), found: fc.boolean() }),
  fc.record({ is: fc.constant('pin-entered' as const), right: fc.boolean() }),
  fc.constantFrom<IvrEvent>(
    { is: 'nothing-entered' },
    { is: 'locked' },
    { is: 'taken-up' },
    { is: 'not-taken-up' },
  ),
);

const path = (policy: IvrPolicy, match: boolean, walk: readonly IvrEvent[]): IvrState[] =>
  walk.reduce<IvrState[]>(
    (states, event) => [...states, next(states.at(-1)!, event, policy)],
    [begin(policy, match)],
  );

const last = (...of: Parameters<typeof path>): IvrState => path(...of).at(-1)!;

const CASE: IvrEvent = { is: 'case-entered', found: false };
const RIGHT: IvrEvent = { is: 'pin-entered', right: true };
const WRONG: IvrEvent = { is: 'pin-entered', right: false };
const NOTHING: IvrEvent = { is: 'nothing-entered' };
const TAKEN: IvrEvent = { is: 'taken-up' };

describe('any walk through the dialogue', () => {
  const walks = fc.tuple(policies, fc.boolean(), fc.array(events, { maxLength: 80 }));

  it('connects nobody without a match, a right PIN, or a case number where that suffices', () => {
    fc.assert(
      fc.property(walks, ([policy, match, walk]) => {
        const states = path(policy, match, walk);
        const end = states.at(-1)!;
        if (end.at !== 'connecting') return;
        const proofs = { caller: match && policy.findBy.caller, case: false, pin: false };
        walk.forEach((event, at) => {
          const { at: place } = states[at]!;
          if (place === 'asking-pin' && event.is === 'pin-entered' && event.right)
            proofs.pin = true;
          if (place === 'asking-case' && event.is === 'case-entered' && event.found) {
            proofs.case = policy.caseSuffices;
          }
        });
        expect(proofs[end.by]).toBe(true);
        expect(walk.some(({ is }) => is === 'taken-up')).toBe(true);
      }),
    );
  });

  it('tells nobody who needs a PIN which case numbers there are', () => {
    fc.assert(
      fc.property(walks, ([policy, match, walk]) => {
        const strict = { ...policy, caseSuffices: false };
        const other = walk.map((event) =>
          event.is === 'case-entered' ? { ...event, found: !event.found } : event,
        );
        expect(path(strict, match, other)).toEqual(path(strict, match, walk));
      }),
    );
  });

  it('ends after as many tries as the policy has, whatever is keyed in', () => {
    fc.assert(
      fc.property(walks, ([policy, match, walk]) => {
        let state = begin(policy, match);
        let changes = 0;
        for (const event of walk) {
          const after = next(state, event, policy);
          if (after !== state) changes += 1;
          state = after;
        }
        if (isEnding(state)) expect(next(state, RIGHT, policy)).toBe(state);
        expect(changes).toBeLessThanOrEqual(2 * policy.tries + 2);
      }),
    );
  });

  it('always has something to say, and an operator where there is one', () => {
    fc.assert(
      fc.property(walks, ([policy, match, walk]) => {
        for (const state of path(policy, match, walk)) {
          if (state.at !== 'taking-up') expect(state.say.length).toBeGreaterThan(0);
          if (state.at === 'goodbye') expect(policy.operator).toBeUndefined();
          if (state.at === 'operator') expect(policy.operator).toBeDefined();
        }
      }),
    );
  });
});

describe('the dialogue', () => {
  it('greets who is known and leads on when the session is taken up', () => {
    expect(begin(ivrPolicy(), true)).toEqual({
      at: 'taking-up',
      by: 'caller',
      say: ['ivr-greeting'],
    });
    expect(last(ivrPolicy(), true, [TAKEN])).toEqual({
      at: 'connecting',
      by: 'caller',
      say: ['ivr-greeting', 'ivr-connecting'],
    });
  });

  it('tells who is known that the case is closed, when it stays so', () => {
    const end = last(ivrPolicy(), true, [{ is: 'not-taken-up' }]);
    expect(end).toEqual({
      at: 'goodbye',
      because: 'case-closed',
      say: ['ivr-greeting', 'ivr-case-closed', 'goodbye'],
    });
  });

  it('asks for case number and PIN, and connects on the right one', () => {
    const states = path(ivrPolicy(), false, [CASE, RIGHT, TAKEN]);
    expect(states.map(({ at }) => at)).toEqual([
      'asking-case',
      'asking-pin',
      'taking-up',
      'connecting',
    ]);
    expect(states[0]!.say).toEqual(['ivr-greeting', 'ivr-case-number']);
  });

  it('starts over with the case number after a wrong PIN', () => {
    expect(last(ivrPolicy(), false, [CASE, WRONG])).toEqual({
      at: 'asking-case',
      triesLeft: 2,
      say: ['ivr-not-found', 'ivr-case-number'],
    });
  });

  it('takes the PIN alone from who has no case number, where that may be', () => {
    const policy = ivrPolicy({ findBy: { caller: true, case: true, pin: true } });
    expect(last(policy, false, [NOTHING])).toMatchObject({ at: 'asking-pin', alone: true });
    expect(last(ivrPolicy(), false, [NOTHING])).toMatchObject({ at: 'asking-case' });
  });

  it('ends with a lock, whatever was keyed in', () => {
    const end = last(ivrPolicy(), false, [CASE, { is: 'locked' }]);
    expect(end).toMatchObject({ at: 'goodbye', because: 'locked' });
  });

  it('hands who is not found to the operator', () => {
    const policy = ivrPolicy({ operator: OPERATOR, tries: 1 });
    expect(last(policy, false, [CASE, WRONG])).toEqual({
      at: 'operator',
      because: 'gave-up',
      say: ['ivr-not-found', 'ivr-operator'],
    });
  });

  it('says in one word what it came to', () => {
    const say: never[] = [];
    expect(outcomeOf({ at: 'connecting', by: 'pin', say })).toBe('found-by-pin');
    expect(outcomeOf({ at: 'operator', because: 'locked', say })).toBe('operator');
    const closed = { at: 'goodbye', because: 'case-closed', say } as const;
    expect(outcomeOf(closed)).toBe('case-closed');
    expect(farewellOf(closed, 'session-closed')).toBe('session-closed');
    expect(farewellOf(closed, 'unknown-caller')).toBe('ivr-gave-up');
    expect(farewellOf({ ...closed, because: 'locked' }, 'session-closed')).toBe('ivr-locked');
  });
});
