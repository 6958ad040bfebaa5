import type { CallId, Direction, LegId } from '../../domain/records/leg-record.js';
import type { CallResult, VerdictReason } from '../../domain/calls/verdict.js';
import type { IvrOutcome } from '../../domain/ivr/outcome.js';
import type { ConsentOutcome } from '../../domain/consent/outcome.js';
import type { ConsentRole } from '../../domain/consent/policy.js';
import type { Millis } from '../../domain/time.js';

/** Structured values only; messages are static sentences. Numbers of any party never go in. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined | Error>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  child(bindings: { callId?: CallId; leg?: LegId; component?: string; trunk?: string }): Log;
}

/** The stages of a call that are timed on their own. */
export type CallStage = 'resolve' | 'plan';

/** Where in a message the guard found what must not leave. */
export type LeakField = 'start-line' | 'header' | 'body';

/** Why an INVITE was answered before it became a call. */
export type TurnedAway = Extract<
  VerdictReason,
  'unknown-source' | 'credentials-wrong' | 'loop-detected'
>;

/** Every metric, by what happened; names and labels are the telemetry room's business. */
export interface Metrics {
  callArrived(direction: Direction): void;
  callEnded(direction: Direction, result: CallResult, reason: VerdictReason): void;
  callSetup(direction: Direction, postDialDelay: Millis): void;
  callAnswered(direction: Direction, afterInvite: Millis): void;
  callTalked(direction: Direction, duration: Millis): void;
  stage(stage: CallStage, took: Millis): void;
  legStarted(direction: Direction): void;
  legEnded(direction: Direction): void;
  leakBlocked(field: LeakField): void;
  consentOutcome(role: ConsentRole, outcome: ConsentOutcome): void;
  /** What a call that led nowhere came to in the IVR. */
  ivrOutcome(outcome: IvrOutcome): void;
  /** A message that drachtio-server could not have read was not sent. */
  messageTooLarge(part: 'body' | 'header'): void;
  sipRequest(direction: 'in' | 'out', method: string): void;
  sipResponse(direction: 'in' | 'out', status: number): void;
  sessionOpened(kind: string): void;
  sessionEnded(how: 'closed' | 'expired', count: number): void;
  vaultOperation(op: 'keep' | 'reveal', outcome: 'ok' | 'error'): void;
  /** An INVITE that leaves no record and is not among the calls. */
  inviteTurnedAway(reason: TurnedAway): void;
  dependency(name: 'sip_engine' | 'store' | 'vault' | 'media', up: boolean): void;
  /** A recording has its final state; how long its audio is, where there is any. */
  recordingFinished(outcome: 'available' | 'failed', duration: Millis | undefined): void;
  /** Plain WAV files that wait to be sealed now. */
  recordingsUnsealed(count: number): void;
}
