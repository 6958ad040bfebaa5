import type { VerdictReason } from '../domain/calls/verdict.js';

/** Why the API cannot have what it asks of a call; stable words, part of the API. */
export type CallProblemCode =
  | 'session-not-open'
  | 'unknown-participant'
  | 'no-route'
  | Extract<VerdictReason, 'emergency-refused' | 'overloaded' | 'draining' | 'sip-engine-lost'>;

/** Nothing has been done, and nobody was called. */
export class CallProblem extends Error {
  override readonly name = 'CallProblem';

  constructor(readonly code: CallProblemCode) {
    super(code);
  }
}
