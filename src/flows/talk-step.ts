import type { VerdictReason } from '../domain/calls/verdict.js';
import type { RecordingConsent } from '../domain/recordings/recording.js';
import type { CallId, Direction } from '../domain/records/leg-record.js';
import type { MediaEndpoint } from './ports/media.js';
import type { LegUpdate } from './ports/records.js';
import type { Log } from './ports/telemetry.js';
import type { CallRecorder } from './recordings/call-recorder.js';
import type { Side } from './steps/media-path.js';
import type { Route } from './steps/route.js';

/** A call that both parties have answered, with one endpoint for each. They hear nothing yet. */
export interface AnsweredCall {
  readonly id: CallId;
  readonly direction: Direction;
  readonly log: Log;
  readonly route: Route;
  readonly endpoints: Readonly<Record<Side, MediaEndpoint>>;
  /**
   * What each party has said to being recorded, as the step for consent has found out. Undefined: the
   * call may not be recorded.
   */
  consent: RecordingConsent | undefined;
  /** Set by the step for recording, so that it can be ordered from then on. */
  recorder: CallRecorder | 'not-agreed' | undefined;
  /** Writes into the record of one side's leg. */
  know(side: Side, change: LegUpdate): void;
  /**
   * Hears each digit of one side from here on, however it comes: RFC 4733, in the audio, or INFO.
   * @returns what ends that.
   */
  onDigit(side: Side, hear: (digit: string) => void): () => void;
  /** Ends the call, such as one that may not go on unrecorded. Too late, it changes nothing. */
  abort(reason: VerdictReason): void;
}

/**
 * Something that is due after both parties have answered and before they hear each other, such as a
 * prompt or the start of a recording. The house has a list of them; they run one after the other.
 * No emergency call waits for any.
 */
export interface TalkStep {
  /**
   * Whether this call needs it; asked when the call is planned. Where one step is needed, media is
   * anchored whatever the trunks say, and the parties agree on G.711, which can be played into and
   * recorded.
   */
  wanted(route: Route, direction: Direction): boolean;
  /**
   * Resolves when the call may go on.
   * @param over aborted when the call ends; whatever happens after that changes nothing.
   * @throws CallRefused with the verdict that ends the call; MediaFailed ends it as media-lost.
   */
  run(call: AnsweredCall, over: AbortSignal): Promise<void>;
  /** The call is over; its endpoints are released when this has settled, or took too long. */
  ended?(call: AnsweredCall): Promise<void>;
}
