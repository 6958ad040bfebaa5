import type { ConsentOutcome } from '../consent/outcome.js';
import type { Did } from '../numbers/did.js';
import type { CallId } from '../records/leg-record.js';
import type { SessionId, TenantId } from '../sessions/session.js';
import type { Instant, Millis } from '../time.js';
import type { RecordingId } from './recording-id.js';

/** Where a recording stands; what leads where is in recording-state.ts. */
export type RecordingStatus =
  'recording' | 'paused' | 'processing' | 'available' | 'failed' | 'deleted';

/** Who asked for it: the tenant's policy, the API, or a party by a digit code. */
export type RecordingStarter = 'policy' | 'api' | 'digits';

/** Why there is no more of it, or nothing at all. */
export type RecordingReason =
  /** By API or digit code. */
  | 'stopped'
  | 'call-ended'
  | 'max-duration'
  /** The media server or its endpoint was lost; what had reached the disk is there. */
  | 'media-lost'
  /** The file stopped growing: a full disk, most often. What had reached it is there. */
  | 'not-growing'
  /** This daemon crashed; what had reached the disk is there. */
  | 'crash'
  /** The media server did not start it. */
  | 'not-started'
  /** Nothing had reached the disk. */
  | 'no-audio'
  /** What reached the disk is no WAV file; it is left where it is. */
  | 'unreadable';

/** What was agreed with each leg's party before the recording began, or nothing when none was asked. */
export interface RecordingConsent {
  readonly a: ConsentOutcome | undefined;
  readonly b: ConsentOutcome | undefined;
}

/**
 * A recording of one call: two channels, left what the party of leg A says, right what it hears.
 * It never holds a number of a party: references are the tenant's own, numbers are DIDs.
 */
export interface Recording {
  readonly id: RecordingId;
  readonly tenant: TenantId;
  readonly callId: CallId;
  readonly sessionId: SessionId | undefined;
  /** The tenant's reference of the session, such as a case number. */
  readonly caseReference: string | undefined;
  /** The tenant's reference of the participant who is reached by the PBX. */
  readonly agentReference: string | undefined;
  /** What the parties dialed and saw. */
  readonly dids: readonly Did[];
  readonly tags: readonly string[];
  readonly consent: RecordingConsent;
  readonly startedBy: RecordingStarter;
  readonly status: RecordingStatus;
  readonly reason: RecordingReason | undefined;
  readonly startedAt: Instant;
  readonly endedAt: Instant | undefined;
  /** Of the audio, once it is available. */
  readonly duration: Millis | undefined;
  /** Bytes of the WAV file, once it is available. */
  readonly size: number | undefined;
  readonly node: string;
}
