import type { CallId } from '../../domain/records/leg-record.js';
import type { Recording } from '../../domain/recordings/recording.js';
import type { TenantId } from '../../domain/sessions/session.js';
import { findLiveCall, type CallControls } from '../call-control.js';
import { CallProblem } from '../call-problem.js';
import type { Directory } from '../house.js';
import type { LegRecords } from '../ports/records.js';
import { RecordingProblem } from './recording-problem.js';

/** Each in turn with the others of its call, and with those that a party dials. */
type RecordingAction = 'start' | 'pause' | 'resume' | 'stop';

interface Order {
  readonly tenant: TenantId;
  readonly callId: CallId;
  readonly action: RecordingAction;
}

interface Deps {
  readonly directory: Pick<Directory, 'tenant'>;
  readonly records: Pick<LegRecords, 'legsOf'>;
  readonly calls: CallControls;
}

/**
 * Carries out an order of the API to the recording of a live call.
 * @throws CallProblem, RecordingProblem, which tell why where it is known: no such call of this
 * tenant, over, or not yet as far; StoreError.
 */
export async function orderRecording(
  { tenant, callId, action }: Order,
  { directory, ...deps }: Deps,
): Promise<Recording> {
  const call = await findLiveCall(tenant, callId, deps);
  if (directory.tenant(tenant)?.recording.mode === 'off') {
    throw new RecordingProblem('recording-off');
  }
  const recorder = call?.recorder;
  if (recorder === undefined) throw new CallProblem('too-early');
  if (recorder === 'not-agreed') throw new RecordingProblem('not-agreed');
  return await (action === 'start' ? recorder.start('api') : recorder[action]());
}
