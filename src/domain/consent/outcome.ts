import type { Measure } from './policy.js';

/** How it ended with one party. */
export const CONSENT_OUTCOMES = [
  /** Nothing had to be asked. */
  'not-needed',
  /** It heard that the call is recorded, and stayed. */
  'announced',
  /** It said yes. */
  'opted-in',
  /** It was offered to say no, and did. */
  'opted-out',
  /** It was asked for a yes, and said no. */
  'refused',
  /** It was asked for a yes, and said nothing. */
  'no-answer',
  /** The call or its media ended meanwhile. */
  'interrupted',
] as const;

export type ConsentOutcome = (typeof CONSENT_OUTCOMES)[number];

const MEETS: Readonly<Record<Measure, readonly ConsentOutcome[]>> = {
  nothing: ['not-needed'],
  announce: ['announced'],
  'opt-out': ['announced'],
  'opt-in': ['opted-in'],
};

/** Whether what was asked of a party has been met, so that it may be recorded. */
export const meets = (measure: Measure, outcome: ConsentOutcome): boolean =>
  MEETS[measure].includes(outcome);
