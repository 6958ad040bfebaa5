import type { LegRecord } from '../../src/domain/records/leg-record.js';
import type { Recording } from '../../src/domain/recordings/recording.js';
import type { CallControl } from '../../src/flows/call-control.js';
import { orderRecording } from '../../src/flows/recordings/order-recording.js';
import type { AnsweredCall } from '../../src/flows/talk-step.js';

/** What the API orders for the recording of a live call. */
export function orderTo(
  call: AnsweredCall,
  action: Parameters<typeof orderRecording>[0]['action'],
): Promise<Recording> {
  const { tenant } = call.route;
  return orderRecording(
    { tenant: tenant.id, callId: call.id, action },
    {
      directory: { tenant: () => tenant },
      records: { legsOf: () => Promise.resolve([{ endedAt: undefined } as LegRecord]) },
      // An order looks at nothing else of a call.
      calls: { control: () => ({ recorder: call.recorder }) as CallControl },
    },
  );
}
