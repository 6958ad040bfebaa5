import type { RecordingProblemCode } from '../flows/recordings/recording-problem.js';
import type { CallProblemCode } from '../flows/call-problem.js';
import type { SessionProblemCode } from '../flows/session-problem.js';

/**
 * Every error the API answers: one catalogue of stable codes (RFC 9457). A code is never reused for
 * something else; docs/problems.md is compared with this table by a test.
 */
interface ProblemRow {
  readonly status: number;
  readonly title: string;
  /** What the client can do about it; also the detail, unless the problem has its own. */
  readonly help: string;
  /** Seconds, where trying again can help. */
  readonly retryAfter?: number;
}

export const PROBLEMS = {
  'malformed-http': {
    status: 400,
    title: 'Malformed HTTP',
    help: 'The request is not HTTP that this server understands.',
  },
  'malformed-json': {
    status: 400,
    title: 'Malformed JSON',
    help: 'The body is not valid JSON.',
  },
  'invalid-request': {
    status: 400,
    title: 'Invalid Request',
    help: 'Fields are missing, unknown or out of range; `errors` names each.',
  },
  unauthorized: {
    status: 401,
    title: 'Unauthorized',
    help: 'Send `Authorization: Bearer` with a token of the tenant.',
  },
  'not-found': {
    status: 404,
    title: 'Not Found',
    help: 'Nothing is at this path.',
  },
  'unknown-tenant': {
    status: 404,
    title: 'Unknown Tenant',
    help: 'The tenant of this token is no longer configured.',
  },
  'unknown-session': {
    status: 404,
    title: 'Unknown Session',
    help: 'The tenant of this token has no such session.',
  },
  'unknown-call': {
    status: 404,
    title: 'Unknown Call',
    help: 'The tenant of this token has no such call.',
  },
  'unknown-recording': {
    status: 404,
    title: 'Unknown Recording',
    help: 'The tenant of this token has no such recording.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method Not Allowed',
    help: 'The path exists, with the methods that the Allow header lists.',
  },
  'request-timeout': {
    status: 408,
    title: 'Request Timeout',
    help: 'The request took too long to arrive.',
  },
  'body-too-large': {
    status: 413,
    title: 'Body Too Large',
    help: 'A body may have 64 KiB.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported Media Type',
    help: 'Send the body as application/json.',
  },
  'headers-too-large': {
    status: 431,
    title: 'Headers Too Large',
    help: 'The header fields together may have 16 KiB.',
  },
  'bad-kind': {
    status: 422,
    title: 'Bad Kind',
    help: 'There is no such kind of session.',
  },
  'bad-ttl': {
    status: 422,
    title: 'Bad Lifetime',
    help: 'A session of this kind cannot live that long; `errors` says how long it can.',
  },
  'bad-reference': {
    status: 422,
    title: 'Bad Reference',
    help: 'A reference is too long, or spells the number or address of a participant.',
  },
  'bad-participants': {
    status: 422,
    title: 'Bad Participants',
    help: 'A session has exactly two participants.',
  },
  'bad-number': {
    status: 422,
    title: 'Bad Number',
    help: 'A participant’s number is no phone number.',
  },
  'bad-sip-address': {
    status: 422,
    title: 'Bad SIP Address',
    help: 'A participant’s SIP address is no address of record.',
  },
  'emergency-number': {
    status: 422,
    title: 'Emergency Number',
    help: 'Emergency numbers are never masked.',
  },
  'participant-is-did': {
    status: 422,
    title: 'Participant Is a DID',
    help: 'A participant’s number is a proxy number of this installation.',
  },
  'participants-equal': {
    status: 422,
    title: 'Participants Equal',
    help: 'Both participants have one address, so a caller could not be told from a callee.',
  },
  'recording-off': {
    status: 409,
    title: 'Recording Off',
    help: 'The tenant records no calls: `recording.mode` is off.',
  },
  'emergency-call': {
    status: 409,
    title: 'Emergency Call',
    help: 'Nobody but its parties ends or changes an emergency call.',
  },
  'media-not-anchored': {
    status: 409,
    title: 'Media Not Anchored',
    help: 'The media of this call flows directly; set `media: anchored` on one of its trunks.',
  },
  'digits-refused': {
    status: 409,
    title: 'Digits Refused',
    help: 'The media of this call flows directly, and the telephone takes no digits by INFO.',
  },
  'not-agreed': {
    status: 409,
    title: 'Not Agreed',
    help: 'The call may not be recorded: a party was asked and did not agree, or it could not be written that it did.',
  },
  'too-early': {
    status: 409,
    title: 'Too Early',
    help: 'The parties of the call are still being called or asked.',
  },
  'already-recording': {
    status: 409,
    title: 'Already Recording',
    help: 'A recording of this call runs, or is paused.',
  },
  'not-recording': {
    status: 409,
    title: 'Not Recording',
    help: 'No recording of this call runs.',
  },
  'already-paused': {
    status: 409,
    title: 'Already Paused',
    help: 'The recording is paused.',
  },
  'not-paused': {
    status: 409,
    title: 'Not Paused',
    help: 'The recording is not paused.',
  },
  'must-record': {
    status: 409,
    title: 'Must Record',
    help: 'The tenant wants its calls recorded to their end; pausing is allowed.',
  },
  'call-over': {
    status: 409,
    title: 'Call Over',
    help: 'The call has ended.',
  },
  'recording-unfinished': {
    status: 409,
    title: 'Recording Unfinished',
    help: 'It still runs, or waits to be sealed; read it again until `status` is available.',
  },
  'no-free-did': {
    status: 409,
    title: 'No Free DID',
    help: 'A participant has a live session on every DID of the tenant: close one, or add DIDs.',
  },
  'recording-gone': {
    status: 410,
    title: 'Recording Gone',
    help: 'Its audio was deleted, or never came to be; `status` and `reason` say which.',
  },
  'range-not-satisfiable': {
    status: 416,
    title: 'Range Not Satisfiable',
    help: 'The recording has fewer bytes; Content-Range says how many.',
  },
  'recording-damaged': {
    status: 500,
    title: 'Recording Damaged',
    help: 'What is on the disk is not what was sealed, or its key is missing; it is in the log.',
  },
  'not-recorded': {
    status: 503,
    title: 'Not Recorded',
    help: 'The media server, the disk or the store did not let it; the log says which.',
  },
  'media-failed': {
    status: 503,
    title: 'Media Failed',
    help: 'The media server did not do it; the log says why.',
  },
  'recording-storage': {
    status: 503,
    title: 'Recording Storage',
    help: 'The place of recordings did not answer; nothing was called deleted.',
  },
  'session-not-open': {
    status: 409,
    title: 'Session Not Open',
    help: 'The session has expired or was closed, so nobody is called through it.',
  },
  'unknown-participant': {
    status: 422,
    title: 'Unknown Participant',
    help: 'No participant of the session has this id.',
  },
  'emergency-refused': {
    status: 422,
    title: 'Emergency Number',
    help: 'A participant’s number is an emergency number of the tenant: nobody was called.',
  },
  'internal-error': {
    status: 500,
    title: 'Internal Error',
    help: 'It is our fault and it is in the log, under the id in the X-Request-Id header.',
  },
  'not-ready': {
    status: 503,
    title: 'Not Ready',
    help: 'No calls can be taken here now; `errors` names what is down.',
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    help: 'As many calls as `sip.max_calls` are under way; nobody was called.',
    retryAfter: 5,
  },
  draining: {
    status: 503,
    title: 'Draining',
    help: 'The daemon is shutting down and begins no calls.',
    retryAfter: 30,
  },
  'sip-engine-lost': {
    status: 503,
    title: 'SIP Engine Lost',
    help: 'There is no SIP engine to call through; nobody was called.',
    retryAfter: 5,
  },
  'no-route': {
    status: 503,
    title: 'No Route',
    help: 'The tenant has no trunk that reaches the participant; the configuration is at fault.',
  },
  'store-unavailable': {
    status: 503,
    title: 'Store Unavailable',
    help: 'The store did not answer; nothing was changed.',
    retryAfter: 5,
  },
  'vault-unavailable': {
    status: 503,
    title: 'Vault Unavailable',
    help: 'The vault did not answer; nothing was changed.',
    retryAfter: 5,
  },
} as const satisfies Record<string, ProblemRow> &
  Record<SessionProblemCode | RecordingProblemCode | CallProblemCode, ProblemRow>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface FieldError {
  /** `participants[0].number`; empty for the request as a whole. */
  readonly field: string;
  /** Says what is wanted and never repeats the value: it may be a number. */
  readonly message: string;
}

/** The body of every error answer: application/problem+json. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly FieldError[];
}

/** An error that the client can be told about. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];

  constructor(code: ProblemCode, errors: readonly FieldError[] = []) {
    super(code);
    this.code = code;
    this.errors = errors;
  }
}

export function problem(code: ProblemCode, errors: readonly FieldError[] = []): Problem {
  const { status, title, help } = PROBLEMS[code];
  return { type: `urn:callveil:problem:${code}`, title, status, code, detail: help, errors };
}

export function retryAfter(code: ProblemCode): number | undefined {
  const row: ProblemRow = PROBLEMS[code];
  return row.retryAfter;
}
