import type { Instant, Millis } from '../time.js';
import type { Recording, RecordingReason, RecordingStatus } from './recording.js';

/**
 * The life of a recording as data. An event that does not fit its state changes nothing: a call can
 * end, a party can pause and an operator can delete in any order.
 */
export type RecordingEvent =
  | { readonly is: 'paused' }
  | { readonly is: 'resumed' }
  /** The media server writes no more; the file waits to be sealed. */
  | { readonly is: 'ended'; readonly reason: RecordingReason; readonly at: Instant }
  | { readonly is: 'sealed'; readonly size: number; readonly duration: Millis }
  /** There is nothing to be had of it. */
  | { readonly is: 'failed'; readonly reason: RecordingReason; readonly at: Instant }
  | { readonly is: 'deleted' };

const TABLE: Readonly<
  Record<RecordingStatus, Partial<Record<RecordingEvent['is'], RecordingStatus>>>
> = {
  recording: { paused: 'paused', ended: 'processing', failed: 'failed' },
  paused: { resumed: 'recording', ended: 'processing', failed: 'failed' },
  processing: { sealed: 'available', failed: 'failed' },
  available: { deleted: 'deleted' },
  failed: { deleted: 'deleted' },
  deleted: {},
};

/** The recording after `event`; undefined when the event does not fit where it stands. */
export function nextRecording(of: Recording, event: RecordingEvent): Recording | undefined {
  const status = TABLE[of.status][event.is];
  if (status === undefined) return undefined;
  switch (event.is) {
    case 'ended':
    case 'failed':
      return { ...of, status, reason: event.reason, endedAt: of.endedAt ?? event.at };
    case 'sealed':
      return { ...of, status, size: event.size, duration: event.duration };
    default:
      return { ...of, status };
  }
}

/** What a crash can leave behind unfinished. */
export const UNFINISHED = [
  'recording',
  'paused',
  'processing',
] as const satisfies readonly RecordingStatus[];
