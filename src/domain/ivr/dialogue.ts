import type { PromptName } from '../prompts/prompt.js';
import type { IvrPolicy } from './ivr-policy.js';

/**
 * What is said to a caller whose call leads nowhere, as data. `begin` and `next` are the only places
 * that decide where the dialogue goes; the flow speaks, listens and looks up. A caller gets to
 * `taking-up`, and from there to the other party, by a proof and in no other way.
 */
export type IvrState = { readonly say: readonly PromptName[] } & (
  | { readonly at: 'asking-case'; readonly triesLeft: number }
  /** `alone`: no case number was given, so the PIN is to find the session as well. */
  | { readonly at: 'asking-pin'; readonly triesLeft: number; readonly alone: boolean }
  /** The session was found: it is live, or it is reopened where the policy lets it. */
  | { readonly at: 'taking-up'; readonly by: Proof }
  | FinalState
);

type FinalState =
  | { readonly at: 'connecting'; readonly by: Proof }
  | { readonly at: 'operator'; readonly because: Unled }
  | { readonly at: 'goodbye'; readonly because: Unled };

/** What shows that a caller belongs to a session. */
export type Proof = 'caller' | 'case' | 'pin';

/** Why a caller is led to no session. */
export type Unled = 'case-closed' | 'gave-up' | 'locked';

export type IvrEvent =
  /** `found` matters only where a case number is proof enough. */
  | { readonly is: 'case-entered'; readonly found: boolean }
  | { readonly is: 'pin-entered'; readonly right: boolean }
  /** The terminator alone, or nothing in time. */
  | { readonly is: 'nothing-entered' }
  /** This caller, or this DID, has failed too often. */
  | { readonly is: 'locked' }
  | { readonly is: 'taken-up' }
  /** The session has ended and stays so. */
  | { readonly is: 'not-taken-up' };

export type IvrEnding = Extract<IvrState, FinalState>;

/** @param match an ended session of this very caller and DID is known. */
export function begin(policy: IvrPolicy, match: boolean): IvrState {
  const say = ['ivr-greeting'] as const;
  if (match && policy.findBy.caller) return { at: 'taking-up', by: 'caller', say };
  return question(policy, policy.tries, say);
}

export const isEnding = (state: IvrState): state is IvrEnding =>
  state.at === 'connecting' || state.at === 'operator' || state.at === 'goodbye';

type At<S extends IvrState['at']> = Extract<IvrState, { at: S }>;
type Is<E extends IvrEvent['is']> = Extract<IvrEvent, { is: E }>;
type Rows<S extends IvrState['at']> = {
  readonly [E in IvrEvent['is']]?: (state: At<S>, event: Is<E>, policy: IvrPolicy) => IvrState;
};

const TABLE: { readonly [S in Exclude<IvrState['at'], FinalState['at']>]: Rows<S> } = {
  'asking-case': {
    // Whoever has to prove it by PIN is asked for that, found or not: a stranger who tries case
    // numbers learns nothing of which there are.
    'case-entered': ({ triesLeft }, { found }, policy) => {
      if (!policy.caseSuffices) return askPin(triesLeft, false);
      return found ? { at: 'taking-up', by: 'case', say: [] } : again(policy, triesLeft, NOT_FOUND);
    },
    'nothing-entered': ({ triesLeft }, _, policy) =>
      policy.findBy.pin ? askPin(triesLeft, true) : again(policy, triesLeft, []),
    locked: (_, __, policy) => unled(policy, 'locked', NOT_FOUND),
  },
  'asking-pin': {
    'pin-entered': ({ triesLeft }, { right }, policy) =>
      right ? { at: 'taking-up', by: 'pin', say: [] } : again(policy, triesLeft, NOT_FOUND),
    'nothing-entered': ({ triesLeft }, _, policy) => again(policy, triesLeft, NOT_FOUND),
    locked: (_, __, policy) => unled(policy, 'locked', NOT_FOUND),
  },
  'taking-up': {
    'taken-up': ({ by, say }) => ({ at: 'connecting', by, say: [...say, 'ivr-connecting'] }),
    'not-taken-up': ({ say }, _, policy) =>
      unled(policy, 'case-closed', [...say, 'ivr-case-closed']),
  },
};

/** Where the dialogue goes from `state`; `state` itself when the event does not belong there. */
export function next(state: IvrState, event: IvrEvent, policy: IvrPolicy): IvrState {
  if (isEnding(state)) return state;
  // The table's type proves that the row fits this state and event; indexing alone cannot say so.
  const rows = TABLE[state.at] as Partial<
    Record<IvrEvent['is'], (s: IvrState, e: IvrEvent, p: IvrPolicy) => IvrState>
  >;
  return rows[event.is]?.(state, event, policy) ?? state;
}

const NOT_FOUND = ['ivr-not-found'] as const;

function question(policy: IvrPolicy, triesLeft: number, say: readonly PromptName[]): IvrState {
  if (policy.findBy.case) return { at: 'asking-case', triesLeft, say: [...say, 'ivr-case-number'] };
  if (policy.findBy.pin) return askPin(triesLeft, true, say);
  return unled(policy, 'gave-up', say);
}

const askPin = (triesLeft: number, alone: boolean, say: readonly PromptName[] = []): IvrState => ({
  at: 'asking-pin',
  triesLeft,
  alone,
  say: [...say, 'ivr-pin'],
});

const again = (policy: IvrPolicy, triesLeft: number, say: readonly PromptName[]): IvrState =>
  triesLeft > 1 ? question(policy, triesLeft - 1, say) : unled(policy, 'gave-up', say);

const unled = (policy: IvrPolicy, because: Unled, say: readonly PromptName[]): IvrState =>
  policy.operator === undefined
    ? { at: 'goodbye', because, say: [...say, 'goodbye'] }
    : { at: 'operator', because, say: [...say, 'ivr-operator'] };
