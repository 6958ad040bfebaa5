import { verdict, type Verdict } from './verdict.js';

/**
 * One masked call as data. `next` is the only place that decides what an event means; the flows
 * carry out the effects and feed back what happened. Events that come too late for their state
 * change nothing: in SIP they are normal, because the network delivers in any order.
 */
export type CallState =
  /** Admitted, emergency-checked, resolved and planned, step by step; the callee knows nothing. */
  | { readonly at: 'routing' }
  /** An INVITE to target number `target` (of `targets`, from 0) is out. */
  | { readonly at: 'dialing'; readonly target: number; readonly targets: number }
  /** The callee has answered; our 200 to the caller is on its way to the engine. */
  | { readonly at: 'answering' }
  /** As answering, but the call is over already: whoever is still there gets a BYE. */
  | { readonly at: 'answering-in-vain'; readonly verdict: Verdict }
  | { readonly at: 'talking' }
  | { readonly at: 'ended'; readonly verdict: Verdict };

export type CallTimer = 'no-progress' | 'no-answer';

export type CallEvent =
  | { readonly is: 'routed'; readonly targets: number }
  | { readonly is: 'refused'; readonly verdict: Verdict }
  | { readonly is: 'caller-cancelled' }
  | { readonly is: 'callee-progressed' }
  | { readonly is: 'callee-answered' }
  | { readonly is: 'callee-failed'; readonly verdict: Verdict }
  /** The engine has sent our 200: the caller's dialog exists. */
  | { readonly is: 'caller-answered' }
  /** The engine could not send our 200, because the caller was gone. */
  | { readonly is: 'answer-lost'; readonly verdict: Verdict }
  | { readonly is: 'hung-up'; readonly by: 'caller' | 'callee'; readonly verdict: Verdict }
  | { readonly is: 'rang-out'; readonly timer: CallTimer }
  /** Something of ours ends the call: a blocked leak, the end of a drain. */
  | { readonly is: 'aborted'; readonly verdict: Verdict };

export type CallEffect =
  | { readonly do: 'dial'; readonly target: number }
  | { readonly do: 'ring-caller' }
  | { readonly do: 'answer-caller' }
  | { readonly do: 'refuse-caller'; readonly verdict: Verdict }
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

/** Gives up the target that is being dialed and refuses the caller. */
const giveUp = (v: Verdict): Step =>
  end(v, ...disarmed, { do: 'cancel-callee', verdict: v }, { do: 'refuse-caller', verdict: v });

const dial = (target: number, targets: number, ...before: CallEffect[]): Step =>
  to(
    { at: 'dialing', target, targets },
    ...before,
    { do: 'arm', timer: 'no-progress' },
    { do: 'dial', target },
  );

function calleeFailed(state: At<'dialing'>, v: Verdict, ...before: CallEffect[]): Step {
  const following = state.target + 1;
  if (v.tryNext === true && following < state.targets) {
    return dial(following, state.targets, { do: 'disarm', timer: 'no-progress' }, ...before);
  }
  return end(v, ...disarmed, ...before, { do: 'refuse-caller', verdict: v });
}

const CANCELLED = verdict('caller-cancelled');

const TABLE: Table = {
  routing: {
    routed: (_, { targets }) => dial(0, targets, { do: 'arm', timer: 'no-answer' }),
    refused: (_, { verdict: v }) => end(v, { do: 'refuse-caller', verdict: v }),
    aborted: (_, { verdict: v }) => end(v, { do: 'refuse-caller', verdict: v }),
    // The engine has answered the CANCEL and the INVITE already (RFC 3261 §9.2).
    'caller-cancelled': () => end(CANCELLED),
  },
  dialing: {
    'callee-progressed': (state) =>
      to(state, { do: 'disarm', timer: 'no-progress' }, { do: 'ring-caller' }),
    'callee-answered': () => to({ at: 'answering' }, ...disarmed, { do: 'answer-caller' }),
    'callee-failed': (state, { verdict: v }) => calleeFailed(state, v),
    'caller-cancelled': () =>
      end(CANCELLED, ...disarmed, { do: 'cancel-callee', verdict: CANCELLED }),
    'rang-out': (state, { timer }) => {
      if (timer === 'no-answer') return giveUp(verdict('no-answer'));
      const silent = verdict('trunk-silent');
      return calleeFailed(state, silent, { do: 'cancel-callee', verdict: silent });
    },
    aborted: (_, { verdict: v }) => giveUp(v),
  },
  answering: {
    'caller-answered': () => to({ at: 'talking' }),
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
