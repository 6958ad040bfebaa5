import type { IvrPolicy } from '../../src/domain/ivr/ivr-policy.js';
import { seconds } from '../../src/domain/time.js';

/** A tenant's IVR as it is by default, which takes no call; a test names what it wants different. */
export function ivrPolicy(change: Partial<IvrPolicy> = {}): IvrPolicy {
  return {
    when: { 'session-expired': 'refuse', 'session-closed': 'refuse', 'unknown-caller': 'refuse' },
    findBy: { caller: true, case: true, pin: false },
    caseSuffices: false,
    reopen: 'never',
    reopenWithin: seconds(30 * 86_400),
    reopenFor: seconds(3600),
    operator: undefined,
    tries: 3,
    attemptsPerCaller: 3,
    attemptsPerDid: 20,
    lockFor: seconds(900),
    pinDigits: 6,
    language: undefined,
    firstDigitWithin: seconds(8),
    nextDigitWithin: seconds(4),
    ...change,
  };
}

/** Whoever is led nowhere is answered. */
export const ALWAYS_IVR: IvrPolicy['when'] = {
  'session-expired': 'ivr',
  'session-closed': 'ivr',
  'unknown-caller': 'ivr',
};
