import type { CallId } from '../../src/domain/records/leg-record.js';
import type { Recording } from '../../src/domain/recordings/recording.js';
import type { RecordingId } from '../../src/domain/recordings/recording-id.js';
import type { RecordingPolicy } from '../../src/domain/recordings/recording-policy.js';
import { minutes } from '../../src/domain/time.js';
import { FixedIds } from './fixed-ids.js';
import { ACME, didNo, NINE } from './session-drafts.js';

const ids = new FixedIds();

/** A recording that has just begun; the test names what matters to it. */
export function recording(change: Partial<Recording> = {}): Recording {
  return {
    id: ids.next('rec') as RecordingId,
    tenant: ACME,
    callId: ids.next('call') as CallId,
    sessionId: undefined,
    caseReference: 'case-7',
    agentReference: undefined,
    dids: [didNo(1), didNo(2)],
    tags: ['support'],
    consent: { a: 'announced', b: undefined },
    startedBy: 'policy',
    status: 'recording',
    reason: undefined,
    startedAt: NINE,
    endedAt: undefined,
    duration: undefined,
    size: undefined,
    node: 'n1',
    ...change,
  };
}

/** The policy of a tenant that says nothing about recording. */
export const NOT_RECORDED: RecordingPolicy = {
  mode: 'off',
  mustRecord: false,
  maxDuration: minutes(240),
  tags: [],
  digits: { start: undefined, pause: undefined, stop: undefined },
};
