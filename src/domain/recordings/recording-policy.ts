import type { Millis } from '../time.js';

/** What a tenant wants recorded. */
export interface RecordingPolicy {
  /** off: nothing. on-demand: when API or digits ask. always: every call, once consent is met. */
  readonly mode: 'off' | 'on-demand' | 'always';
  /** A call whose recording cannot run, or is lost, ends; it is never silently unrecorded. */
  readonly mustRecord: boolean;
  /** Longest single recording; with mode always the next one follows. */
  readonly maxDuration: Millis;
  /** Words that go with each recording. */
  readonly tags: readonly string[];
  /** What the agent's side dials; undefined: nothing does it. */
  readonly digits: RecordingDigits;
}

export interface RecordingDigits {
  /** Starts a recording, and goes on with a paused one. */
  readonly start: string | undefined;
  readonly pause: string | undefined;
  readonly stop: string | undefined;
}
