import type { Ids } from '../../domain/ids.js';
import type { Clock } from '../../domain/time.js';
import type { RawRecordings, RecordingSeals, SealedRecordings } from '../ports/recording-files.js';
import type { RecordingStore } from '../ports/recordings.js';
import type { Log, Metrics } from '../ports/telemetry.js';

/** The part of the house that the stories of recordings live in. */
export interface RecordingHouse {
  readonly store: RecordingStore;
  readonly raw: RawRecordings;
  readonly sealed: SealedRecordings;
  readonly seals: RecordingSeals;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly node: string;
}
