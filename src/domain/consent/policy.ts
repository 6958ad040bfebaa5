import type { Millis } from '../time.js';
import type { Region } from './region.js';

/** The company's own people are agents; who calls or is called from outside is a customer. */
export type ConsentRole = 'customer' | 'agent';

export const CONSENT_MODES = ['off', 'announce', 'opt-out', 'opt-in', 'by-law'] as const;

/** What is asked of a party before its call is recorded. */
export type ConsentMode = (typeof CONSENT_MODES)[number];

/** What a party is asked, once it is decided; in order of strictness. */
export const MEASURES = ['nothing', 'announce', 'opt-out', 'opt-in'] as const;

export type Measure = (typeof MEASURES)[number];

export interface RolePolicy {
  readonly mode: ConsentMode;
  /** By region, else by its country, other modes than `mode`. */
  readonly regions: ReadonlyMap<Region, ConsentMode>;
}

/** What happens to a call whose recording one of its parties did not agree to. */
export type Without = 'continue-unrecorded' | 'end-call';

/** What a tenant wants asked, and how. */
export interface ConsentPolicy {
  readonly roles: Readonly<Record<ConsentRole, RolePolicy>>;
  /** Where the tenant's agents are when they are reached by a SIP address. */
  readonly home: Region;
  /** Digits that say yes (opt-in) and no (both). */
  readonly accept: string;
  readonly decline: string;
  /** How often the question is asked again after silence or another digit. */
  readonly retries: number;
  /** How long after the prompt a digit may take. */
  readonly timeout: Millis;
  readonly onRefusal: Without;
  /** No answer to an opt-in; silence after an opt-out is an agreement. */
  readonly onSilence: Without;
  /** Language of the prompts; undefined: that of the party's country. */
  readonly language: string | undefined;
}
