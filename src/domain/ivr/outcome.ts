import type { VerdictReason } from '../calls/verdict.js';
import type { NoWay } from '../sessions/resolve.js';
import type { IvrEnding } from './dialogue.js';

/** What a call came to that the IVR has answered; a label of callveil_ivr_outcomes_total. */
export const IVR_OUTCOMES = [
  ...(['found-by-caller', 'found-by-case', 'found-by-pin', 'operator'] as const),
  ...(['case-closed', 'gave-up', 'locked', 'hung-up', 'failed'] as const),
] as const;

export type IvrOutcome = (typeof IVR_OUTCOMES)[number];

export function outcomeOf(ending: IvrEnding): IvrOutcome {
  if (ending.at === 'connecting') return `found-by-${ending.by}`;
  return ending.at === 'operator' ? 'operator' : ending.because;
}

/** How a call ends that the IVR has said goodbye to. */
export function farewellOf(
  ending: Extract<IvrEnding, { at: 'goodbye' }>,
  why: NoWay,
): VerdictReason {
  if (ending.because === 'locked') return 'ivr-locked';
  if (ending.because === 'gave-up' || why === 'unknown-caller') return 'ivr-gave-up';
  return why;
}
