import type { RecordingId } from '../../domain/recordings/recording-id.js';
import type { TenantId } from '../../domain/sessions/session.js';

/** What somebody did who could. */
export interface AuditEntry {
  readonly action: 'recording-downloaded' | 'recording-deleted';
  readonly tenant: TenantId;
  readonly recordingId: RecordingId;
  /** Of the HTTP request: its line in the log says more. */
  readonly requestId: string;
}

/** Where it is kept who heard or removed what. */
export interface Audit {
  note(entry: AuditEntry): void;
}
