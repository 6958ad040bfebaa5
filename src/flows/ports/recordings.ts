import type { Recording } from '../../domain/recordings/recording.js';
import type { RecordingId } from '../../domain/recordings/recording-id.js';
import type { RecordingEvent } from '../../domain/recordings/recording-state.js';
import type { CallId } from '../../domain/records/leg-record.js';
import type { SessionId, TenantId } from '../../domain/sessions/session.js';

export interface RecordingFilter {
  readonly tenant: TenantId;
  readonly callId?: CallId;
  readonly sessionId?: SessionId;
  /** Recordings strictly older than this id: ids sort by time, so this is the paging cursor. */
  readonly before?: RecordingId;
  /** 1 to 100. */
  readonly limit: number;
}

/** What is known of recordings; their audio is elsewhere (recording-files.ts). */
export interface RecordingStore {
  add(recording: Recording): Promise<void>;
  /**
   * Takes one step of recording-state.ts, all or nothing.
   * @returns the recording as it stands then; undefined when the step does not fit, or there is none.
   */
  advance(id: RecordingId, event: RecordingEvent): Promise<Recording | undefined>;
  find(tenant: TenantId, id: RecordingId): Promise<Recording | undefined>;
  /** Newest first. */
  list(filter: RecordingFilter): Promise<readonly Recording[]>;
  /** After a crash: whatever this node had not finished, of every tenant, oldest first. */
  unfinished(node: string): Promise<readonly Recording[]>;
  /** Whose a file is that was found, whatever its tenant. */
  owner(id: RecordingId): Promise<Recording | undefined>;
}
