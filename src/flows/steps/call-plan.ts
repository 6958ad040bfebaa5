import type { LocationByValue } from '../../domain/identity/emergency-plan.js';
import type { LegPlan } from '../../domain/identity/identity-plan.js';
import type { TalkStep } from '../talk-step.js';
import type { Route } from './route.js';

/** How to reach the callee, one plan for each target of the trunk, in order. */
export interface CallPlan {
  /** Set for an emergency call only. */
  readonly location?: LocationByValue;
  readonly route: Pick<Route, 'tenant' | 'sessionId' | 'trunk'> & Partial<Route>;
  readonly attempts: readonly [LegPlan, ...LegPlan[]];
  /** Media flows by way of a media server. */
  readonly anchored: boolean;
  /** What is due between the answer and the talk; undefined: nothing. */
  readonly beforeTalk: BeforeTalk | undefined;
}

export interface BeforeTalk {
  readonly route: Route;
  readonly steps: readonly TalkStep[];
}
