/** What can be wrong with an order to a recording; stable words, part of the API. */
export type RecordingProblemCode =
  | 'unknown-recording'
  /** The tenant records nothing. */
  | 'recording-off'
  /** A party was asked and did not agree. */
  | 'not-agreed'
  | 'already-recording'
  | 'not-recording'
  | 'already-paused'
  | 'not-paused'
  /** The tenant wants every call recorded to its end. */
  | 'must-record'
  /** It was tried and did not work. */
  | 'not-recorded'
  | 'call-over'
  /** Its audio is not there yet. */
  | 'recording-unfinished'
  /** It failed, or was deleted: its audio is not there any more. */
  | 'recording-gone'
  /** What is on the disk is not what was sealed. */
  | 'recording-damaged';

/** Whoever gave the order can be told. */
export class RecordingProblem extends Error {
  override readonly name = 'RecordingProblem';

  constructor(readonly code: RecordingProblemCode) {
    super(code);
  }
}
