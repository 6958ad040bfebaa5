import { verdict, type Verdict } from './verdict.js';

/**
 * One masked call as data. `next` is the only place that decides what an event means; the flows
 * carry out the effects and feed back what happened. Events that come too late for their state
 * change nothing: in SIP they are normal, because the network delivers in any order.
 */
export type CallState =
  /** A call of our own: its first party is going to be called. */
  | { readonly at: 'originating' }
  /** An INVITE to target number `target` of the first party is out. It is the caller from here on. */
  | { readonly at: 'calling'; readonly target: number; readonly targets: number }
  /** Admitted, emergency-checked, resolved and planned, step by step; the callee knows nothing. */
  | { readonly at: 'routing'; readonly caller: CallerPart }
  /** The caller is being answered before any callee, because somebody of ours will talk with it. */
  | { readonly at: 'greeting' }
  /** An INVITE to target number `target` (of `targets`, from 0) is out. */
  | {
      readonly at: 'dialing';
      readonly target: number;
      readonly targets: number;
      readonly caller: CallerPart;
    }
  /** The callee has answered; our 200 to the caller is on its way to the engine. */
  | { readonly at: 'answering' }
  /** As answering, but the call is over already: whoever is still there gets a BYE. */
  | { readonly at: 'answering-in-vain'; readonly verdict: Verdict }
  | { readonly at: 'talking' }
  /** A caller who was answered before any callee is told why there is none. */
  | { readonly at: 'dismissing'; readonly verdict: Verdict }
  | { readonly at: 'ended'; readonly verdict: Verdict };

/** Whether the caller waits for an answer, or has been answered before any callee (or called by us). */
export type CallerPart = 'waiting' | 'answered';

export type CallTimer = 'no-progress' | 'no-answer';

export type CallEvent =
  /** It is known how the first party of a call of ours is reached. */
  | { readonly is: 'originated'; readonly targets: number }
  | { readonly is: 'caller-progressed' }
  /** A target of the first party did not take our call. */
  | { readonly is: 'caller-failed'; readonly verdict: Verdict }
  /** Somebody of ours wants to talk with the caller before it is known where the call goes. */
  | { readonly is: 'greeted' }
  | { readonly is: 'routed'; readonly targets: number }
  | { readonly is: 'refused'; readonly verdict: Verdict }
  | { readonly is: 'caller-cancelled' }
  | { readonly is: 'callee-progressed' }
  | { readonly is: 'callee-answered' }
  | { readonly is: 'callee-failed'; readonly verdict: Verdict }
  /** The caller's dialog exists: the engine has sent our 200, or the first party its own. */
  | { readonly is: 'caller-answered' }
  /** The engine could not send our 200, because the caller was gone. */
  | { readonly is: 'answer-lost'; readonly verdict: Verdict }
  | { readonly is: 'hung-up'; readonly by: 'caller' | 'callee'; readonly verdict: Verdict }
  | { readonly is: 'rang-out'; readonly timer: CallTimer }
  /** The caller has heard why there is no callee. */
  | { readonly is: 'dismissed' }
  /** Something of ours ends the call: a blocked leak, the end of a drain. */
  | { readonly is: 'aborted'; readonly verdict: Verdict };

export type CallEffect =
  | { readonly do: 'call-caller'; readonly target: number }
  /** CANCEL and forget, as `cancel-callee`. */
  | { readonly do: 'cancel-caller'; readonly verdict: Verdict }
  | { readonly do: 'dial'; readonly target: number }
  | { readonly do: 'ring-caller' }
  | { readonly do: 'answer-caller' }
  | { readonly do: 'refuse-caller'; readonly verdict: Verdict }
  /** Tells an answered caller why there is no callee, then feeds `dismissed`. */
  | { readonly do: 'dismiss-caller'; readonly verdict: Verdict }
  /** Both are answered: prompts, recording, and then they hear each other. */
  | { readonly do: 'begin-talk' }
  /** CANCEL and forget: the leg itself hangs up on an answer that comes too late. */
  | { readonly do: 'cancel-callee'; readonly verdict: Verdict }
  | { readonly do: 'hang-up-caller'; readonly verdict: Verdict }
  | { readonly do: 'hang-up-callee'; readonly verdict: Verdict }
  | { readonly do: 'arm'; readonly timer: CallTimer }
  | { readonly do: 'disarm'; readonly timer: CallTimer }
  | { readonly do: 'settle'; readonly verdict: Verdict };

export interface Step {
  readonly state: CallState;
  readonly effects: readonly CallEffect[];
}

type At<S extends CallState['at']> = Extract<CallState, { at: S }>;
type Is<E extends CallEvent['is']> = Extract<CallEvent, { is: E }>;

/** For each state, what each event that matters there leads to. */
type Table = {
  readonly [S in CallState['at']]: {
    readonly [E in CallEvent['is']]?: (state: At<S>, event: Is<E>) => Step;
  };
};

const to = (state: CallState, ...effects: CallEffect[]): Step => ({ state, effects });

/** The end: whatever else is still to be done to the legs comes before `settle`. */
const end = (v: Verdict, ...effects: CallEffect[]): Step =>
  to({ at: 'ended', verdict: v }, ...effects, { do: 'settle', verdict: v });

const disarmed = [
  { do: 'disarm', timer: 'no-progress' },
  { do: 'disarm', timer: 'no-answer' },
] as const satisfies readonly CallEffect[];

type Dialing = At<'dialing'>;

/** The caller gets no callee: a waiting one is refused, an answered one is told why. */
const without = (caller: CallerPart, v: Verdict, ...before: CallEffect[]): Step =>
  caller === 'waiting'
    ? end(v, ...before, { do: 'refuse-caller', verdict: v })
    : to({ at: 'dismissing', verdict: v }, ...before, { do: 'dismiss-caller', verdict: v });

/** As `without`, at once: nobody is told anything any more. */
const cut = (caller: CallerPart, v: Verdict, ...before: CallEffect[]): Step =>
  end(v, ...before, { do: caller === 'waiting' ? 'refuse-caller' : 'hang-up-caller', verdict: v });

const dial = (plan: Omit<Dialing, 'at'>, ...before: CallEffect[]): Step =>
  to(
    { at: 'dialing', ...plan },
    ...before,
    { do: 'arm', timer: 'no-progress' },
    { do: 'dial', target: plan.target },
  );

function calleeFailed(state: Dialing, v: Verdict, ...before: CallEffect[]): Step {
  const { targets, caller } = state;
  const target = state.target + 1;
  if (v.tryNext === true && target < targets) {
    return dial({ target, targets, caller }, { do: 'disarm', timer: 'no-progress' }, ...before);
  }
  return without(caller, v, ...disarmed, ...before);
}

type Calling = At<'calling'>;

const call = (plan: Omit<Calling, 'at'>, ...before: CallEffect[]): Step =>
  to(
    { at: 'calling', ...plan },
    ...before,
    { do: 'arm', timer: 'no-progress' },
    { do: 'call-caller', target: plan.target },
  );

/** The first party has nobody to be told anything yet: without it there is no call. */
function callerFailed(state: Calling, v: Verdict, ...before: CallEffect[]): Step {
  const { targets } = state;
  const target = state.target + 1;
  if (v.tryNext !== true || target >= targets) return end(v, ...disarmed, ...before);
  return call({ target, targets }, { do: 'disarm', timer: 'no-progress' }, ...before);
}

const CANCELLED = verdict('caller-cancelled');

const TABLE: Table = {
  originating: {
    originated: (_, { targets }) => call({ target: 0, targets }, { do: 'arm', timer: 'no-answer' }),
    refused: (_, { verdict: v }) => end(v),
    aborted: (_, { verdict: v }) => end(v),
  },
  calling: {
    'caller-progressed': (state) => to(state, { do: 'disarm', timer: 'no-progress' }),
    'caller-answered': () => to({ at: 'routing', caller: 'answered' }, ...disarmed),
    'caller-failed': (state, { verdict: v }) => callerFailed(state, v),
    // It has answered and hung up before we knew where it listens.
    'hung-up': (_, { verdict: v }) => end(v, ...disarmed),
    'rang-out': (state, { timer }) => {
      const v = verdict(timer === 'no-answer' ? 'no-answer' : 'trunk-silent');
      const given = { do: 'cancel-caller', verdict: v } as const;
      return timer === 'no-answer' ? end(v, ...disarmed, given) : callerFailed(state, v, given);
    },
    aborted: (_, { verdict: v }) => end(v, ...disarmed, { do: 'cancel-caller', verdict: v }),
  },
  routing: {
    greeted: (state) =>
      state.caller === 'waiting' ? to({ at: 'greeting' }, { do: 'answer-caller' }) : to(state),
    routed: ({ caller }, { targets }) =>
      dial({ target: 0, targets, caller }, { do: 'arm', timer: 'no-answer' }),
    refused: ({ caller }, { verdict: v }) => without(caller, v),
    aborted: ({ caller }, { verdict: v }) => cut(caller, v),
    // The engine has answered the CANCEL and the INVITE already (RFC 3261 §9.2).
    'caller-cancelled': (state) => (state.caller === 'waiting' ? end(CANCELLED) : to(state)),
    'hung-up': (state, { by, verdict: v }) =>
      state.caller === 'answered' && by === 'caller' ? end(v) : to(state),
  },
  greeting: {
    'caller-answered': () => to({ at: 'routing', caller: 'answered' }),
    'answer-lost': (_, { verdict: v }) => end(v),
    'caller-cancelled': () => to({ at: 'answering-in-vain', verdict: CANCELLED }),
    'hung-up': (_, { verdict: v }) => to({ at: 'answering-in-vain', verdict: v }),
    refused: (_, { verdict: v }) => to({ at: 'answering-in-vain', verdict: v }),
    aborted: (_, { verdict: v }) => end(v),
  },
  dialing: {
    'callee-progressed': (state) =>
      to(state, { do: 'disarm', timer: 'no-progress' }, { do: 'ring-caller' }),
    'callee-answered': ({ caller }) =>
      caller === 'waiting'
        ? to({ at: 'answering' }, ...disarmed, { do: 'answer-caller' })
        : to({ at: 'talking' }, ...disarmed, { do: 'begin-talk' }),
    'callee-failed': (state, { verdict: v }) => calleeFailed(state, v),
    'caller-cancelled': (state) =>
      state.caller === 'waiting'
        ? end(CANCELLED, ...disarmed, { do: 'cancel-callee', verdict: CANCELLED })
        : to(state),
    'hung-up': (state, { by, verdict: v }) =>
      state.caller === 'answered' && by === 'caller'
        ? end(v, ...disarmed, { do: 'cancel-callee', verdict: v })
        : to(state),
    'rang-out': (state, { timer }) => {
      if (timer === 'no-answer') {
        const late = verdict('no-answer');
        return without(state.caller, late, ...disarmed, { do: 'cancel-callee', verdict: late });
      }
      const silent = verdict('trunk-silent');
      return calleeFailed(state, silent, { do: 'cancel-callee', verdict: silent });
    },
    aborted: ({ caller }, { verdict: v }) =>
      cut(caller, v, ...disarmed, { do: 'cancel-callee', verdict: v }),
  },
  answering: {
    'caller-answered': () => to({ at: 'talking' }, { do: 'begin-talk' }),
    'answer-lost': (_, { verdict: v }) => end(v, { do: 'hang-up-callee', verdict: v }),
    // Our 200 may or may not have overtaken the CANCEL; the engine will tell which.
    'caller-cancelled': () =>
      to(
        { at: 'answering-in-vain', verdict: CANCELLED },
        { do: 'hang-up-callee', verdict: CANCELLED },
      ),
    // A BYE can stand in the same read as the engine's word that our 200 has left.
    'hung-up': (_, { by, verdict: v }) =>
      by === 'callee'
        ? to({ at: 'answering-in-vain', verdict: v })
        : to({ at: 'answering-in-vain', verdict: v }, { do: 'hang-up-callee', verdict: v }),
    // The engine itself may be what is lost: nobody is waited for.
    aborted: (_, { verdict: v }) => end(v, { do: 'hang-up-callee', verdict: v }),
  },
  'answering-in-vain': {
    'caller-answered': (state) =>
      end(state.verdict, { do: 'hang-up-caller', verdict: state.verdict }),
    'answer-lost': (state) => end(state.verdict),
    aborted: (state) => end(state.verdict),
  },
  talking: {
    'hung-up': (_, { by, verdict: v }) =>
      end(v, { do: by === 'caller' ? 'hang-up-callee' : 'hang-up-caller', verdict: v }),
    aborted: (_, { verdict: v }) =>
      end(v, { do: 'hang-up-caller', verdict: v }, { do: 'hang-up-callee', verdict: v }),
  },
  dismissing: {
    dismissed: ({ verdict: v }) => end(v, { do: 'hang-up-caller', verdict: v }),
    'hung-up': (state, { by }) => (by === 'caller' ? end(state.verdict) : to(state)),
    aborted: ({ verdict: v }) => end(v, { do: 'hang-up-caller', verdict: v }),
  },
  ended: {
    // Our 200 got out after all: the record is closed, but the caller must not be left talking.
    'caller-answered': (state) => to(state, { do: 'hang-up-caller', verdict: state.verdict }),
  },
};

/** What `event` leads to from `state`; the same state and no effects when it comes too late. */
export function next(state: CallState, event: CallEvent): Step {
  // The table's type proves that the row fits this state and event; indexing alone cannot say so.
  const rows = TABLE[state.at] as Partial<
    Record<CallEvent['is'], (s: CallState, e: CallEvent) => Step>
  >;
  return rows[event.is]?.(state, event) ?? { state, effects: [] };
}
