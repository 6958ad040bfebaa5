import { Announce } from '../flows/steps/announce.js';
import type { Prompts } from '../flows/ports/prompts.js';
import type { TalkStep } from '../flows/talk-step.js';
import type { Foundations } from './foundations.js';
import type { Keeping } from './keeping.js';

/** What comes between the answer and the talk, in this order: nothing is recorded unasked. */
export function talkSteps(
  prompts: Prompts,
  { clock, metrics }: Pick<Foundations, 'clock' | 'metrics'>,
  { store }: Pick<Keeping, 'store'>,
): readonly TalkStep[] {
  return [new Announce({ prompts, consents: store.consents, clock, metrics })];
}
