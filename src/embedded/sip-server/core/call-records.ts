import type { Dialog } from '../dialog/dialog.js';
import { serialize } from '../message/serialize.js';
import type { SipMessage, SipRequest, SipResponse } from '../message/sip-message.js';
import { recordMeta } from '../wire/meta.js';
import type { CoreState } from './state.js';

/**
 * Call detail records, for applications that ask for them: an attempt for each INVITE that would
 * open a call, a start when it is answered, a stop when it has failed or ended. Each leg has its
 * own; `source` is who sent the message that the record carries.
 */
type Source = 'network' | 'application';
type Role = 'uac' | 'uas' | 'proxy-uac' | 'proxy-uas';

type StopReason =
  | 'call-rejected'
  | 'call-canceled'
  | 'normal-release'
  | 'session-expired'
  | 'system-initiated-termination';

type Routed = Pick<CoreState, 'routes'>;

export function recordAttempt(state: Routed, source: Source, invite: SipRequest): void {
  write(state, 'attempt', source, invite);
}

/** The INVITE has its final answer: the call has begun, or come to nothing. */
export function recordAnswer(state: Routed, source: Source, answer: SipResponse, role: Role): void {
  if (answer.status < 300) write(state, 'start', source, answer, role);
  else write(state, 'stop', source, answer, failureReason(answer, role));
}

/** The engine has refused an INVITE that no application was asked about. */
export function recordRefusal(state: Routed, invite: SipRequest, answer: SipResponse): void {
  recordAttempt(state, 'network', invite);
  recordAnswer(state, 'application', answer, 'uas');
}

/** The message is the INVITE that its caller has given up. */
export function recordCancelled(state: Routed, invite: SipRequest): void {
  write(state, 'stop', 'network', invite, 'call-canceled');
}

/**
 * Written once for a call, though both ends may say BYE; one that has not begun is stopped by what
 * its INVITE is answered.
 */
export function recordEnd(
  state: Routed,
  dialog: Dialog,
  source: Source,
  bye: SipRequest,
  reason: StopReason = 'normal-release',
): void {
  if (dialog.opener !== 'INVITE' || dialog.state === 'early' || dialog.endRecorded) return;
  dialog.endRecorded = true;
  write(state, 'stop', source, bye, reason);
}

/** The BYE of a call that we only proxy, as it came or as it goes on. */
export function recordPassingEnd(state: Routed, source: Source, bye: SipRequest): void {
  write(state, 'stop', source, bye, 'normal-release');
}

/** 487 from our own application is a refusal like any other: nobody has cancelled. */
function failureReason({ status }: SipResponse, role: Role): StopReason {
  return status === 487 && role !== 'uas' ? 'call-canceled' : 'call-rejected';
}

function write(
  { routes }: Routed,
  kind: 'attempt' | 'start' | 'stop',
  source: Source,
  message: SipMessage,
  detail?: Role | StopReason,
): void {
  routes.next(`cdr:${kind}`)?.deliver(recordMeta(kind, source, detail), serialize(message));
}
