/** What can be wrong with a request about sessions; stable words, part of the API. */
export type SessionProblemCode =
  | 'unknown-tenant'
  | 'unknown-session'
  | 'bad-kind'
  | 'bad-ttl'
  | 'bad-reference'
  | 'bad-participants'
  | 'bad-number'
  | 'bad-sip-address'
  | 'emergency-number'
  | 'participant-is-did'
  | 'participants-equal'
  | 'no-free-did';

/** The caller of the API can put it right: `field` says where, the message says how. No number is in it. */
export class SessionProblem extends Error {
  override readonly name = 'SessionProblem';
  readonly code: SessionProblemCode;
  /** Path into the request, such as `participants[0].number`. */
  readonly field: string;

  constructor(code: SessionProblemCode, field: string, message: string) {
    super(message);
    this.code = code;
    this.field = field;
  }
}
