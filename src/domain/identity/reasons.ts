import type { Verdict, VerdictReason } from '../calls/verdict.js';

/**
 * What the far end said about an ending, boiled down to values of ours. Neither its reason phrase
 * nor the text of a Reason or Warning field is ever kept (rule ENUM of sip-privacy §4.3).
 */

/** Final answers to our INVITE (RFC 3261 §21 and the IANA registry) and what they mean to us. */
const BY_STATUS: Readonly<Record<number, VerdictReason>> = {
  // We chose what we sent, so a complaint about it is between us and the trunk.
  400: 'trunk-failed',
  401: 'trunk-refuses-us',
  402: 'trunk-refuses-us',
  403: 'trunk-refuses-us',
  404: 'callee-not-found',
  405: 'trunk-failed',
  406: 'callee-rejects-media',
  407: 'trunk-refuses-us',
  408: 'callee-unavailable',
  410: 'callee-gone',
  412: 'trunk-failed',
  413: 'trunk-failed',
  414: 'trunk-failed',
  415: 'callee-rejects-media',
  416: 'trunk-failed',
  417: 'trunk-failed',
  420: 'trunk-failed',
  421: 'trunk-failed',
  422: 'trunk-failed',
  423: 'trunk-failed',
  424: 'trunk-failed',
  425: 'trunk-failed',
  // Identity faults (RFC 8224 §6.2.2, RFC 3323, RFC 5079): the trunk dislikes our caller ID.
  428: 'callee-rejects-caller-id',
  429: 'callee-rejects-caller-id',
  430: 'callee-unavailable',
  433: 'callee-rejects-caller-id',
  436: 'callee-rejects-caller-id',
  437: 'callee-rejects-caller-id',
  438: 'callee-rejects-caller-id',
  439: 'trunk-failed',
  440: 'too-many-hops',
  469: 'trunk-failed',
  470: 'callee-declined',
  480: 'callee-unavailable',
  481: 'trunk-failed',
  482: 'loop-detected',
  483: 'too-many-hops',
  484: 'callee-number-incomplete',
  485: 'callee-not-found',
  486: 'callee-busy',
  // We did not cancel: what else ended the request is the far end's secret.
  487: 'callee-unavailable',
  488: 'callee-rejects-media',
  489: 'trunk-failed',
  491: 'trunk-failed',
  493: 'callee-rejects-media',
  494: 'trunk-failed',
  500: 'trunk-failed',
  501: 'trunk-failed',
  502: 'trunk-failed',
  503: 'trunk-overloaded',
  504: 'trunk-failed',
  505: 'trunk-failed',
  513: 'trunk-failed',
  555: 'trunk-failed',
  580: 'callee-rejects-media',
  600: 'callee-busy',
  603: 'callee-declined',
  604: 'callee-not-found',
  606: 'callee-rejects-media',
  // The callee, or an analytics engine in their name, calls us unwanted (RFC 8197, RFC 8688).
  607: 'callee-rejects-caller-id',
  608: 'callee-rejects-caller-id',
};

/**
 * Q.850 causes that say more than the status they come with. Gateways send 480, 500 and 503 for
 * nearly everything and put what the telephone network said into Reason (RFC 3398 §7.2.4.1).
 */
const BY_CAUSE: Readonly<Record<number, VerdictReason>> = {
  1: 'callee-not-found',
  3: 'callee-not-found',
  17: 'callee-busy',
  18: 'callee-unavailable',
  19: 'no-answer',
  20: 'callee-unavailable',
  21: 'callee-declined',
  22: 'callee-gone',
  23: 'callee-moved',
  26: 'answered-elsewhere',
  27: 'callee-unavailable',
  28: 'callee-number-incomplete',
  34: 'trunk-overloaded',
  42: 'trunk-overloaded',
};

/** Statuses so general that a cause may refine them. */
const GENERAL = new Set([480, 487, 500, 503]);

const LONGEST_REASON = 512;

/**
 * How the call ends when the callee's leg was answered with a final `status` other than 2xx.
 * @param status 300 to 699; one that no RFC knows counts as the x00 of its class (RFC 3261 §8.1.3.2).
 * @param reason text of the Reason header field that came with it, if any.
 */
export function verdictOfStatus(status: number, reason?: string): VerdictReason {
  // A redirection names other addresses of the callee; we never follow it and never pass it on.
  if (status >= 300 && status < 400) return 'callee-moved';
  const cause = GENERAL.has(status) ? q850CauseIn(reason) : undefined;
  const refined = cause === undefined ? undefined : BY_CAUSE[cause];
  return refined ?? BY_STATUS[status] ?? ofClass(status);
}

function ofClass(status: number): VerdictReason {
  return status >= 600 && status < 700 ? 'callee-declined' : 'trunk-failed';
}

/** The Q.850 cause in the text of a Reason field (RFC 3326), 1 to 127; nothing else of it is kept. */
export function q850CauseIn(reason: string | undefined): number | undefined {
  if (reason === undefined || reason.length > LONGEST_REASON) return undefined;
  // Quoted texts go first, so that a cause written inside one does not count.
  const bare = reason.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  for (const value of bare.split(',')) {
    const [protocol = '', ...parameters] = value.split(';').map((part) => part.trim());
    if (!/^Q\.850$/i.test(protocol)) continue;
    const cause = parameters
      .map((part) => /^cause\s*=\s*(\d{1,3})$/i.exec(part)?.[1])
      .find(Boolean);
    const number = Number(cause ?? 0);
    if (number >= 1 && number <= 127) return number;
  }
  return undefined;
}

/** The Reason field of our BYE or CANCEL: `Q.850;cause=16`, never a text (RFC 3326 §2). */
export function reasonHeader(ending: Pick<Verdict, 'q850'>): string {
  return `Q.850;cause=${String(ending.q850)}`;
}
