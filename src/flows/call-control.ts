import type { CallId } from '../domain/records/leg-record.js';
import type { SessionId, TenantId } from '../domain/sessions/session.js';
import { CallProblem } from './call-problem.js';
import type { LegRecords } from './ports/records.js';
import type { CallRecorder } from './recordings/call-recorder.js';
import type { Side } from './steps/media-path.js';

/** A call that has a way to go, for whoever may give it orders. */
export interface CallControl {
  readonly id: CallId;
  readonly tenant: TenantId;
  readonly sessionId: SessionId | undefined;
  readonly isEmergency: boolean;
  /** Undefined: the call is not as far. */
  readonly recorder: CallRecorder | 'not-agreed' | undefined;
  /** Ends the call, whether it rings or talks. @throws CallProblem (call-over) */
  hangUp(): void;
  /**
   * The party is not heard any more, or again; what it hears does not change.
   * @throws CallProblem (too-early, media-not-anchored, media-failed)
   */
  mute(side: Side, muted: boolean): Promise<void>;
  /**
   * Sends digits to the party: by RFC 4733 where media is anchored, else by INFO.
   * @param digits of 0-9 * # A-D, at most 32.
   * @throws CallProblem (too-early, media-failed, digits-refused)
   */
  sendDigits(side: Side, digits: string): Promise<void>;
}

/** Where live calls are found. */
export interface CallControls {
  control(tenant: TenantId, callId: CallId): CallControl | undefined;
}

interface Deps {
  readonly records: Pick<LegRecords, 'legsOf'>;
  readonly calls: CallControls;
}

/**
 * The live call of this tenant; undefined when it has no way to go yet.
 * @throws CallProblem (unknown-call, call-over, emergency-call); StoreError.
 */
export async function findLiveCall(
  tenant: TenantId,
  callId: CallId,
  { records, calls }: Deps,
): Promise<CallControl | undefined> {
  const legs = await records.legsOf(tenant, callId);
  if (legs.length === 0) throw new CallProblem('unknown-call');
  if (legs.every(({ endedAt }) => endedAt !== undefined)) throw new CallProblem('call-over');
  const control = calls.control(tenant, callId);
  if (control?.isEmergency === true) throw new CallProblem('emergency-call');
  return control;
}

/**
 * The live call of this tenant that can be given orders.
 * @throws CallProblem (as `findLiveCall`, and too-early); StoreError.
 */
export async function controlCall(
  tenant: TenantId,
  callId: CallId,
  deps: Deps,
): Promise<CallControl> {
  const control = await findLiveCall(tenant, callId, deps);
  if (control === undefined) throw new CallProblem('too-early');
  return control;
}
