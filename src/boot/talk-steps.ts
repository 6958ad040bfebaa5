import type { Config } from '../config/config.js';
import { Announce } from '../flows/steps/announce.js';
import type { TalkStep } from '../flows/talk-step.js';
import type { Foundations } from './foundations.js';
import type { Keeping } from './keeping.js';
import { PromptFiles } from './prompt-files.js';

/** What comes between the answer and the talk, in this order: nothing is recorded unasked. */
export function talkSteps(
  config: Config,
  { clock, metrics }: Pick<Foundations, 'clock' | 'metrics'>,
  { store }: Pick<Keeping, 'store'>,
): readonly TalkStep[] {
  const prompts = new PromptFiles(config.prompts);
  return [new Announce({ prompts, consents: store.consents, clock, metrics })];
}
