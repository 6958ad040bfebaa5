import type { CallId } from '../../domain/records/leg-record.js';
import type { Recording } from '../../domain/recordings/recording.js';
import type { TenantId } from '../../domain/sessions/session.js';
import type { Directory } from '../house.js';
import type { LegRecords } from '../ports/records.js';
import type { RecordingAction, RecordStep } from './record-step.js';
import { RecordingProblem } from './recording-problem.js';

interface Order {
  readonly tenant: TenantId;
  readonly callId: CallId;
  readonly action: RecordingAction;
}

interface Deps {
  readonly directory: Pick<Directory, 'tenant'>;
  readonly records: Pick<LegRecords, 'legsOf'>;
  readonly orders: Pick<RecordStep, 'order'>;
}

/**
 * Carries out an order of the API to the recording of a live call.
 * @throws RecordingProblem, which tells why where it is known: no such call of this tenant, over, or
 * not yet as far; StoreError.
 */
export async function orderRecording(
  { tenant, callId, action }: Order,
  { directory, records, orders }: Deps,
): Promise<Recording> {
  const legs = await records.legsOf(tenant, callId);
  if (legs.length === 0) throw new RecordingProblem('unknown-call');
  if (legs.every(({ endedAt }) => endedAt !== undefined)) throw new RecordingProblem('call-over');
  if (directory.tenant(tenant)?.recording.mode === 'off') {
    throw new RecordingProblem('recording-off');
  }
  return await orders.order(tenant, callId, action);
}
