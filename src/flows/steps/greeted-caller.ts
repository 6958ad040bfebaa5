import type { MediaEndpoint } from '../ports/media.js';

/** A caller who was answered before any callee, and hears whatever is played to its endpoint. */
export interface GreetedCaller {
  readonly endpoint: MediaEndpoint;
  /** Hears each digit of the caller, however it comes. @returns what ends that. */
  readonly onDigit: (hear: (digit: string) => void) => () => void;
  /** Aborted when the call is over, whatever ended it. */
  readonly over: AbortSignal;
}
