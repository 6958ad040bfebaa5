import { CallRefused, verdict, type Verdict } from '../../domain/calls/verdict.js';
import { MediaFailed, type EndpointLoss } from '../ports/media.js';
import type { EndedBy } from './leg-ledger.js';

/** Whose doing an ending was, for the record. */
export function endedBy(v: Verdict): EndedBy {
  if (v.reason === 'caller-hung-up' || v.reason === 'caller-cancelled') return 'caller';
  if (v.reason === 'callee-hung-up' || v.result === 'callee_error') return 'callee';
  return 'system';
}

/** What a failure means for a call that nobody has answered yet. */
export function failedBeforeAnswer(error: unknown): Verdict {
  if (error instanceof MediaFailed) return verdict('media-unavailable');
  return error instanceof CallRefused ? error.verdict : verdict('internal-error');
}

/** As `failedBeforeAnswer`, when it was the callee's answer that could not be passed on. */
export function failedAnswer(error: unknown): Verdict {
  const v = failedBeforeAnswer(error);
  // The callee answered with something we cannot pass on: its fault, not the caller's.
  return v.reason === 'bad-offer' ? verdict('callee-answer-unusable') : v;
}

/** What a failure means for a call that both have answered. */
export function failedInTalk(error: unknown): Verdict {
  if (error instanceof MediaFailed) return verdict('media-lost');
  return error instanceof CallRefused ? error.verdict : verdict('internal-error');
}

export const lostInTalk = (why: EndpointLoss): Verdict =>
  verdict(why === 'media-timeout' ? 'media-timeout' : 'media-lost');
