import type { VerdictReason } from '../domain/calls/verdict.js';

/** Why the API cannot have what it asks of a call; stable words, part of the API. */
export type CallProblemCode =
  // A call that is to begin.
  | 'session-not-open'
  | 'unknown-participant'
  | 'no-route'
  | Extract<VerdictReason, 'emergency-refused' | 'overloaded' | 'draining' | 'sip-engine-lost'>
  // A call that goes on.
  | 'unknown-call'
  | 'call-over'
  /** Its parties have not both answered, or it has no way to go yet. */
  | 'too-early'
  /** Only its parties end or change an emergency call. */
  | 'emergency-call'
  /** What is asked needs a media server, and the media of this call flows directly. */
  | 'media-not-anchored'
  /** The media server could not do it. */
  | 'media-failed'
  /** The party's telephone does not take digits by INFO. */
  | 'digits-refused';

/** Nothing has been done, and nobody was called. */
export class CallProblem extends Error {
  override readonly name = 'CallProblem';

  constructor(readonly code: CallProblemCode) {
    super(code);
  }
}
