import type { Trunk } from '../identity/trunk.js';

/**
 * How a call can end: one catalogue. A verdict carries everything that any part of the house needs
 * to say about an ending, so that the SIP answer, the record, the metric and the log cannot disagree.
 * docs/verdicts.md is compared with this table by a test.
 */

/** Whose doing it was; a label of callveil_calls_total. */
export const CALL_RESULTS = [
  ...(['success', 'refused', 'caller_error', 'callee_error'] as const),
  ...(['carrier_error', 'pbx_error', 'masking_error'] as const),
] as const;
export type CallResult = (typeof CALL_RESULTS)[number];

/** The words of CDR `status` in which a leg can end. */
export type EndStatus = 'completed' | 'busy' | 'failed' | 'no-answer' | 'canceled';

interface VerdictRow {
  /** `carrier_error` until it is known which trunk it was: see `onTrunk`. */
  readonly result: CallResult;
  /** The SIP status that the caller's leg gets while it is unanswered (RFC 3261 §21). */
  readonly sip: number;
  /** Our own reason phrase: the other side's words never cross. */
  readonly phrase: string;
  /** ITU-T Q.850 cause, sent as `Reason: Q.850;cause=…` (RFC 3326). */
  readonly q850: number;
  readonly status: EndStatus;
  readonly log: 'info' | 'warn' | 'error';
  /** Seconds for Retry-After, where waiting can help. */
  readonly retryAfter?: number;
  /** Another target of the same trunk may still take the call. */
  readonly tryNext?: true;
}

const row = (
  result: CallResult,
  sip: number,
  phrase: string,
  q850: number,
  status: EndStatus,
  log: 'info' | 'warn' | 'error' = 'info',
  more: Pick<VerdictRow, 'retryAfter' | 'tryNext'> = {},
): VerdictRow => ({ result, sip, phrase, q850, status, log, ...more });

export const VERDICTS = {
  // Answered calls.
  'caller-hung-up': row('success', 200, 'OK', 16, 'completed'),
  'callee-hung-up': row('success', 200, 'OK', 16, 'completed'),
  'ended-by-api': row('success', 200, 'OK', 16, 'completed'),
  'ack-timeout': row('carrier_error', 408, 'Request Timeout', 102, 'failed', 'warn'),
  'session-timer-expired': row('carrier_error', 408, 'Request Timeout', 102, 'completed', 'warn'),
  'dialog-lost': row('carrier_error', 481, 'Dialog Does Not Exist', 41, 'completed', 'warn'),
  'media-not-agreed': row('callee_error', 488, 'Not Acceptable Here', 88, 'failed'),
  'media-lost': row('masking_error', 503, 'Service Unavailable', 41, 'completed', 'error'),
  'media-timeout': row('carrier_error', 408, 'Request Timeout', 102, 'completed', 'warn'),

  'ivr-led-on': row('success', 200, 'OK', 16, 'completed'),

  // The caller's doing.
  'caller-cancelled': row('caller_error', 487, 'Request Terminated', 16, 'canceled'),
  'bad-request': row('caller_error', 400, 'Bad Request', 111, 'failed'),
  'bad-offer': row('caller_error', 488, 'Not Acceptable Here', 88, 'failed'),
  'bad-content-type': row('caller_error', 415, 'Unsupported Media Type', 79, 'failed'),
  'bad-extension': row('caller_error', 420, 'Bad Extension', 79, 'failed'),
  'bad-uri-scheme': row('caller_error', 416, 'Unsupported URI Scheme', 28, 'failed'),
  'sdp-too-large': row('refused', 488, 'Not Acceptable Here', 88, 'failed', 'warn'),
  'message-too-large': row('refused', 513, 'Message Too Large', 95, 'failed', 'warn'),
  'session-interval-too-small': row(
    'caller_error',
    422,
    'Session Interval Too Small',
    79,
    'failed',
  ),
  'too-many-hops': row('caller_error', 483, 'Too Many Hops', 25, 'failed', 'warn'),
  'loop-detected': row('caller_error', 482, 'Loop Detected', 25, 'failed', 'warn'),

  // Refused by policy.
  'unknown-source': row('refused', 403, 'Forbidden', 21, 'failed', 'warn'),
  'credentials-wanted': row('refused', 407, 'Proxy Authentication Required', 21, 'failed'),
  'credentials-wrong': row('refused', 403, 'Forbidden', 21, 'failed', 'warn'),
  'unknown-number': row('refused', 404, 'Not Found', 1, 'failed'),
  'unknown-caller': row('refused', 404, 'Not Found', 1, 'failed'),
  'session-expired': row('refused', 480, 'Temporarily Unavailable', 31, 'failed'),
  'session-closed': row('refused', 480, 'Temporarily Unavailable', 31, 'failed'),
  'ivr-gave-up': row('refused', 480, 'Temporarily Unavailable', 31, 'completed'),
  'ivr-locked': row('refused', 480, 'Temporarily Unavailable', 21, 'completed', 'warn'),
  'raw-dialing-refused': row('refused', 403, 'Forbidden', 21, 'failed'),
  'emergency-refused': row('refused', 403, 'Emergency Number: Dial Directly', 21, 'failed', 'warn'),
  'consent-refused': row('refused', 403, 'Forbidden', 21, 'completed'),
  overloaded: row('refused', 503, 'Service Unavailable', 42, 'failed', 'warn', { retryAfter: 5 }),
  draining: row('refused', 503, 'Service Unavailable', 41, 'failed', 'info', { retryAfter: 30 }),
  'cancelled-by-api': row('refused', 480, 'Temporarily Unavailable', 31, 'canceled'),

  // The callee or the way to it.
  'callee-busy': row('callee_error', 486, 'Busy Here', 17, 'busy'),
  'callee-declined': row('callee_error', 603, 'Decline', 21, 'busy'),
  'callee-unavailable': row('callee_error', 480, 'Temporarily Unavailable', 18, 'no-answer'),
  'callee-not-found': row('callee_error', 404, 'Not Found', 1, 'failed'),
  'callee-gone': row('callee_error', 410, 'Gone', 22, 'failed'),
  'callee-moved': row('callee_error', 480, 'Temporarily Unavailable', 23, 'failed'),
  'callee-number-incomplete': row('callee_error', 484, 'Address Incomplete', 28, 'failed'),
  'callee-rejects-media': row('callee_error', 488, 'Not Acceptable Here', 88, 'failed'),
  'no-answer': row('callee_error', 480, 'Temporarily Unavailable', 19, 'no-answer'),
  'answered-elsewhere': row('callee_error', 480, 'Temporarily Unavailable', 26, 'no-answer'),
  'callee-rejects-caller-id': row('carrier_error', 403, 'Forbidden', 21, 'failed', 'warn'),
  'trunk-refuses-us': row('carrier_error', 503, 'Service Unavailable', 21, 'failed', 'error'),
  'trunk-silent': row('carrier_error', 504, 'Server Time-out', 102, 'failed', 'warn', {
    tryNext: true,
  }),
  'trunk-unreachable': row('carrier_error', 503, 'Service Unavailable', 38, 'failed', 'warn', {
    tryNext: true,
  }),
  'trunk-overloaded': row('carrier_error', 503, 'Service Unavailable', 42, 'failed', 'warn', {
    tryNext: true,
    retryAfter: 5,
  }),
  'trunk-failed': row('carrier_error', 502, 'Bad Gateway', 41, 'failed', 'warn', { tryNext: true }),
  'callee-answer-unusable': row('carrier_error', 502, 'Bad Gateway', 111, 'failed', 'warn'),

  // Ours: fail closed, and say so.
  'leak-blocked': row('masking_error', 500, 'Server Internal Error', 41, 'failed', 'error'),
  'store-unavailable': row('masking_error', 503, 'Service Unavailable', 41, 'failed', 'error', {
    retryAfter: 5,
  }),
  'vault-unavailable': row('masking_error', 503, 'Service Unavailable', 41, 'failed', 'error', {
    retryAfter: 5,
  }),
  'sip-engine-lost': row('masking_error', 503, 'Service Unavailable', 41, 'failed', 'error'),
  'media-unavailable': row('masking_error', 503, 'Service Unavailable', 47, 'failed', 'error'),
  'recording-failed': row('masking_error', 503, 'Service Unavailable', 47, 'failed', 'error'),
  'no-route': row('masking_error', 503, 'Service Unavailable', 3, 'failed', 'error'),
  'internal-error': row('masking_error', 500, 'Server Internal Error', 41, 'failed', 'error'),
  'node-crashed': row('masking_error', 500, 'Server Internal Error', 41, 'failed', 'error'),
} as const satisfies Record<string, VerdictRow>;

export type VerdictReason = keyof typeof VERDICTS;

export interface Verdict extends VerdictRow {
  readonly reason: VerdictReason;
  /** Name of the trunk that is at fault, where it is one and known. */
  readonly trunk?: string;
}

export function verdict(reason: VerdictReason): Verdict {
  return { reason, ...VERDICTS[reason] };
}

/**
 * The same ending, laid at the door of the trunk on whose side it happened: a dead PBX is no fault of
 * the carrier's. Whoever says so first is right.
 */
export function onTrunk(v: Verdict, trunk: Pick<Trunk, 'name' | 'role'> | undefined): Verdict {
  if (v.result !== 'carrier_error' || v.trunk !== undefined || trunk === undefined) return v;
  const result = trunk.role === 'pbx' ? 'pbx_error' : 'carrier_error';
  return { ...v, result, trunk: trunk.name };
}

/** A failure that already knows how the call ends. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
  readonly verdict: Verdict;

  constructor(reason: VerdictReason, detail?: string) {
    super(detail ?? reason);
    this.verdict = verdict(reason);
  }
}
