import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  next,
  type CallEffect,
  type CallEvent,
  type CallState,
} from '../../../src/domain/calls/call-state.js';
import { verdict, VERDICTS, type VerdictReason } from '../../../src/domain/calls/verdict.js';

const reasons = Object.keys(VERDICTS) as VerdictReason[];
const anyVerdict = fc.constantFrom(...reasons).map(verdict);

/** Any event at any time: what the network, the engine and the clock may do in any order. */
const anyEvent: fc.Arbitrary<CallEvent> = fc.oneof(
  fc.integer({ min: 1, max: 4 }).map((targets) => ({ is: 'originated' as const, targets })),
  fc.constant({ is: 'caller-progressed' as const }),
  anyVerdict.map((v) => ({ is: 'caller-failed' as const, verdict: v })),
  fc.constant({ is: 'greeted' as const }),
  fc.constant({ is: 'dismissed' as const }),
  fc.integer({ min: 1, max: 4 }).map((targets) => ({ is: 'routed' as const, targets })),
  anyVerdict.map((v) => ({ is: 'refused' as const, verdict: v })),
  fc.constant({ is: 'caller-cancelled' as const }),
  fc.constant({ is: 'callee-progressed' as const }),
  fc.constant({ is: 'callee-answered' as const }),
  anyVerdict.map((v) => ({ is: 'callee-failed' as const, verdict: v })),
  fc.constant({ is: 'caller-answered' as const }),
  anyVerdict.map((v) => ({ is: 'answer-lost' as const, verdict: v })),
  fc
    .record({ by: fc.constantFrom('caller' as const, 'callee' as const), verdict: anyVerdict })
    .map((hangUp) => ({ is: 'hung-up' as const, ...hangUp })),
  fc
    .constantFrom('no-progress' as const, 'no-answer' as const)
    .map((timer) => ({ is: 'rang-out' as const, timer })),
  anyVerdict.map((v) => ({ is: 'aborted' as const, verdict: v })),
);

/** Biased towards calls that get somewhere; a uniform walk seldom leaves routing and dialing. */
const anyWalk: fc.Arbitrary<CallEvent[]> = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom('waiting' as const, 'greeted' as const, 'called' as const),
    fc.array(anyEvent, { maxLength: 3 }),
    fc.boolean(),
    fc.array(anyEvent, { maxLength: 12 }),
  )
  .map(([targets, caller, before, answered, after]) => [
    ...(caller === 'greeted' ? ([{ is: 'greeted' }, { is: 'caller-answered' }] as const) : []),
    ...(caller === 'called'
      ? ([{ is: 'originated', targets }, { is: 'caller-answered' }] as const)
      : []),
    { is: 'routed', targets },
    ...before,
    ...(answered ? [{ is: 'callee-answered' } as const] : []),
    ...after,
  ]);

interface Trodden {
  readonly states: CallState[];
  readonly effects: CallEffect[];
  /** The effects of each event, beside the state they were found in. */
  readonly steps: { readonly from: CallState; readonly event: CallEvent; effects: CallEffect[] }[];
}

const ARRIVED: CallState = { at: 'routing', caller: 'waiting' };
const ORIGINATED: CallState = { at: 'originating' };

function walk(events: readonly CallEvent[], begin: CallState = ARRIVED): Trodden {
  const trodden: Trodden = { states: [begin], effects: [], steps: [] };
  for (const event of events) {
    const from = trodden.states.at(-1)!;
    const step = next(from, event);
    trodden.states.push(step.state);
    trodden.effects.push(...step.effects);
    trodden.steps.push({ from, event, effects: [...step.effects] });
  }
  return trodden;
}

const whatever = (property: (trodden: Trodden) => void): void => {
  fc.assert(
    fc.property(
      fc.oneof(anyWalk, fc.array(anyEvent, { maxLength: 16 })),
      fc.constantFrom(ARRIVED, ORIGINATED),
      (events, begin) => property(walk(events, begin)),
    ),
    { numRuns: 3000 },
  );
};

type Callee = 'none' | 'dialed' | 'answered' | 'gone';

/** What an event tells of the callee, while anyone listens to it. */
function afterEvent(callee: Callee, { from, event }: Trodden['steps'][number]): Callee {
  if (from.at === 'dialing' && event.is === 'callee-failed') return 'gone';
  if (from.at === 'dialing' && event.is === 'callee-answered') return 'answered';
  const mayHangUp = from.at === 'talking' || from.at === 'answering';
  return mayHangUp && event.is === 'hung-up' && event.by === 'callee' ? 'gone' : callee;
}

/** What an effect makes of the callee; fails where it has nothing to act on. */
function afterEffect(callee: Callee, effect: CallEffect): Callee {
  switch (effect.do) {
    case 'cancel-callee':
      expect(callee).toBe('dialed');
      return 'gone';
    case 'hang-up-callee':
      expect(callee).toBe('answered');
      return 'gone';
    case 'dial':
      expect(callee).not.toBe('dialed');
      return 'dialed';
    default:
      return callee;
  }
}

const wasAnswered = (state: CallState | undefined): boolean =>
  state !== undefined && 'caller' in state && state.caller === 'answered';

const dos = (effects: readonly CallEffect[], what: CallEffect['do']): CallEffect[] =>
  effects.filter((effect) => effect.do === what);

describe('whatever happens to a call', () => {
  it('settles once when it ends, with the verdict of its end, and never before', () => {
    whatever(({ states, effects }) => {
      const end = states.at(-1)!;
      const settled = dos(effects, 'settle');
      if (end.at === 'ended') expect(settled).toEqual([{ do: 'settle', verdict: end.verdict }]);
      else expect(settled).toEqual([]);
    });
  });

  it('is done with both legs when it settles', () => {
    whatever(({ steps }) => {
      const ending = steps.find(({ effects }) => dos(effects, 'settle').length > 0);
      expect(ending?.effects.at(-1)?.do ?? 'settle').toBe('settle');
    });
  });

  it('never leaves its end again', () => {
    whatever(({ states }) => {
      const end = states.findIndex(({ at }) => at === 'ended');
      if (end !== -1) expect(new Set(states.slice(end))).toEqual(new Set([states[end]]));
    });
  });

  it('takes late events for nothing, but for a 200 that got out after all', () => {
    whatever(({ steps }) => {
      for (const { from, event, effects } of steps) {
        if (from.at !== 'ended') continue;
        const late = event.is === 'caller-answered' ? ['hang-up-caller'] : [];
        expect(effects.map((effect) => effect.do)).toEqual(late);
      }
    });
  });

  it('never refuses a caller whom it has begun to answer, and refuses at most once', () => {
    whatever(({ effects }) => {
      const refusals = dos(effects, 'refuse-caller');
      expect(refusals.length).toBeLessThanOrEqual(1);
      if (dos(effects, 'answer-caller').length > 0) expect(refusals).toEqual([]);
    });
  });

  it('refuses, hears cancelled or begins to answer every caller whose call ends', () => {
    whatever(({ steps, states, effects }) => {
      if (states.at(-1)!.at !== 'ended' || states[0]!.at === 'originating') return;
      const cancelled = steps.some(
        ({ from, event }) =>
          event.is === 'caller-cancelled' && 'caller' in from && from.caller === 'waiting',
      );
      const told = dos(effects, 'refuse-caller').length + dos(effects, 'answer-caller').length;
      expect(told + (cancelled ? 1 : 0)).toBe(1);
    });
  });

  it('dials each target at most once, in order, one at a time', () => {
    whatever(({ effects }) => {
      const dialed = effects.flatMap((effect) => (effect.do === 'dial' ? [effect.target] : []));
      expect(dialed).toEqual(dialed.map((_, index) => index));
    });
  });

  it('fails, cancels or hangs up every callee that was dialed, before the next one is', () => {
    whatever(({ steps, states }) => {
      let callee: Callee = 'none';
      for (const step of steps) {
        callee = afterEvent(callee, step);
        for (const effect of step.effects) callee = afterEffect(callee, effect);
      }
      if (states.at(-1)!.at === 'ended') expect(['none', 'gone']).toContain(callee);
    });
  });

  it('neither refuses nor answers a caller who is answered, and begins one talk at most', () => {
    whatever(({ steps, effects }) => {
      expect(dos(effects, 'begin-talk').length).toBeLessThanOrEqual(1);
      for (const { from, effects: done } of steps) {
        if (!wasAnswered(from)) continue;
        expect([...dos(done, 'refuse-caller'), ...dos(done, 'answer-caller')]).toEqual([]);
      }
    });
  });

  it('calls each target of its first party once, and neither answers nor refuses it', () => {
    whatever(({ states, effects }) => {
      if (states[0]!.at !== 'originating') return;
      const called = effects.flatMap((each) => (each.do === 'call-caller' ? [each.target] : []));
      expect(called).toEqual(called.map((_, index) => index));
      expect([...dos(effects, 'answer-caller'), ...dos(effects, 'refuse-caller')]).toEqual([]);
    });
  });

  it('leaves no first party ringing', () => {
    whatever(({ steps, states }) => {
      let ringing = false;
      for (const { from, event, effects } of steps) {
        const told = ['caller-answered', 'caller-failed', 'hung-up'].includes(event.is);
        if (from.at === 'calling' && told) ringing = false;
        for (const { do: what } of effects) {
          if (what !== 'cancel-caller' && what !== 'call-caller') continue;
          expect(ringing).toBe(what === 'cancel-caller');
          ringing = what === 'call-caller';
        }
      }
      if (states.at(-1)!.at !== 'calling') expect(ringing).toBe(false);
    });
  });

  it('begins the talk when both are answered, and not before', () => {
    whatever(({ steps, states }) => {
      for (const [index, { from, effects }] of steps.entries()) {
        const talks = from.at !== 'talking' && states[index + 1]!.at === 'talking';
        expect(dos(effects, 'begin-talk')).toHaveLength(talks ? 1 : 0);
      }
    });
  });

  it('tells an answered caller who gets no callee, then hangs up, unless the caller did', () => {
    whatever(({ steps }) => {
      const ending = steps.find(
        ({ from, effects }) =>
          (wasAnswered(from) || from.at === 'dismissing') && dos(effects, 'settle').length > 0,
      );
      if (ending === undefined) return;
      const { event, effects } = ending;
      const byCaller = event.is === 'hung-up' && event.by === 'caller';
      expect(dos(effects, 'hang-up-caller')).toHaveLength(byCaller ? 0 : 1);
    });
  });

  it('hangs up every caller who talks, unless the caller did', () => {
    whatever(({ steps }) => {
      const ending = steps.find(
        ({ from, effects }) => from.at === 'talking' && dos(effects, 'settle').length > 0,
      );
      if (ending === undefined) return;
      const { event, effects } = ending;
      const byCaller = event.is === 'hung-up' && event.by === 'caller';
      expect(dos(effects, 'hang-up-caller')).toHaveLength(byCaller ? 0 : 1);
    });
  });

  it('disarms every timer that it has armed', () => {
    whatever(({ states, effects }) => {
      if (['originating', 'calling', 'routing', 'greeting', 'dialing'].includes(states.at(-1)!.at))
        return;
      const armed = new Set<string>();
      for (const effect of effects) {
        if (effect.do === 'arm') armed.add(effect.timer);
        if (effect.do === 'disarm') armed.delete(effect.timer);
      }
      expect([...armed]).toEqual([]);
    });
  });

  it('needs no more than an abort to end', () => {
    whatever(({ states }) => {
      const last = next(states.at(-1)!, { is: 'aborted', verdict: verdict('draining') });
      expect(last.state.at).toBe('ended');
    });
  });
});

const ROUTED = { is: 'routed', targets: 2 } as const;
const ANSWERED = { is: 'callee-answered' } as const;
const OURS = { is: 'caller-answered' } as const;
const said = (events: readonly CallEvent[], begin: CallState = ARRIVED): string[] =>
  walk(events, begin).effects.flatMap((effect) =>
    effect.do === 'arm' || effect.do === 'disarm' ? [] : [effect.do],
  );

describe('one call', () => {
  it('dials, rings, answers and ends with whoever hangs up', () => {
    const hungUp = { is: 'hung-up', by: 'callee', verdict: verdict('callee-hung-up') } as const;
    expect(said([ROUTED, { is: 'callee-progressed' }, ANSWERED, OURS, hungUp])).toEqual([
      'dial',
      'ring-caller',
      'answer-caller',
      'begin-talk',
      'hang-up-caller',
      'settle',
    ]);
  });

  it.each(['trunk-overloaded', 'trunk-failed', 'trunk-unreachable'] as const)(
    'tries the next target on %s, and only then refuses',
    (reason) => {
      const failed = { is: 'callee-failed', verdict: verdict(reason) } as const;
      expect(said([ROUTED, failed, failed])).toEqual(['dial', 'dial', 'refuse-caller', 'settle']);
    },
  );

  it.each(['callee-busy', 'callee-declined', 'callee-not-found', 'trunk-refuses-us'] as const)(
    'tries no further target on %s: every target would say the same',
    (reason) => {
      const failed = { is: 'callee-failed', verdict: verdict(reason) } as const;
      expect(said([ROUTED, failed])).toEqual(['dial', 'refuse-caller', 'settle']);
    },
  );

  it('cancels a silent target before it dials the next', () => {
    const silent = { is: 'rang-out', timer: 'no-progress' } as const;
    expect(said([ROUTED, silent])).toEqual(['dial', 'cancel-callee', 'dial']);
  });

  it('hangs up the callee when the caller’s BYE comes in the read that tells of our 200', () => {
    const bye = { is: 'hung-up', by: 'caller', verdict: verdict('caller-hung-up') } as const;
    const { effects, states } = walk([ROUTED, ANSWERED, bye, OURS]);
    expect(dos(effects, 'hang-up-callee')).toHaveLength(1);
    expect(states.at(-1)).toEqual({ at: 'ended', verdict: verdict('caller-hung-up') });
  });

  it('hangs up the caller when the callee’s BYE comes while our 200 is on its way', () => {
    const bye = { is: 'hung-up', by: 'callee', verdict: verdict('callee-hung-up') } as const;
    expect(said([ROUTED, ANSWERED, bye, OURS]).slice(-2)).toEqual(['hang-up-caller', 'settle']);
  });

  it('waits for nobody when it is aborted while our 200 is on its way', () => {
    const aborted = { is: 'aborted', verdict: verdict('sip-engine-lost') } as const;
    expect(said([ROUTED, ANSWERED, aborted]).slice(-2)).toEqual(['hang-up-callee', 'settle']);
    expect(said([ROUTED, ANSWERED, { is: 'caller-cancelled' }, aborted]).at(-1)).toBe('settle');
  });

  it('that has greeted its caller tells it why there is no callee, and hangs up', () => {
    const failed = { is: 'callee-failed', verdict: verdict('callee-busy') } as const;
    expect(said([{ is: 'greeted' }, OURS, ROUTED, failed, { is: 'dismissed' }])).toEqual([
      'answer-caller',
      'dial',
      'dismiss-caller',
      'hang-up-caller',
      'settle',
    ]);
  });

  it('that has greeted its caller cancels the callee when the caller hangs up', () => {
    const bye = { is: 'hung-up', by: 'caller', verdict: verdict('caller-hung-up') } as const;
    const late = { is: 'caller-cancelled' } as const;
    expect(said([{ is: 'greeted' }, OURS, ROUTED, late, bye])).toEqual([
      'answer-caller',
      'dial',
      'cancel-callee',
      'settle',
    ]);
  });

  it('that has greeted its caller talks as soon as the callee answers', () => {
    expect(said([{ is: 'greeted' }, OURS, ROUTED, ANSWERED]).at(-1)).toBe('begin-talk');
  });

  it('of ours calls its first party, then the other one, and begins to talk', () => {
    expect(said([{ is: 'originated', targets: 1 }, OURS, ROUTED, ANSWERED], ORIGINATED)).toEqual([
      'call-caller',
      'dial',
      'begin-talk',
    ]);
  });

  it('of ours ends with what its first party said, when it has no further target', () => {
    const failed = { is: 'caller-failed', verdict: verdict('trunk-failed') } as const;
    const begun = { is: 'originated', targets: 2 } as const;
    expect(said([begun, failed], ORIGINATED)).toEqual(['call-caller', 'call-caller']);
    expect(said([begun, failed, failed], ORIGINATED).at(-1)).toBe('settle');
  });

  it('of ours hangs up a first party that answers too late', () => {
    const aborted = { is: 'aborted', verdict: verdict('draining') } as const;
    const begun = { is: 'originated', targets: 1 } as const;
    expect(said([begun, aborted, OURS], ORIGINATED)).toEqual([
      'call-caller',
      'cancel-caller',
      'settle',
      'hang-up-caller',
    ]);
  });
});
