import type { MediaFailure } from '../flows/ports/media.js';
import type { Millis } from '../domain/time.js';

/** What is counted of media servers, each by its configured name. */
export interface MediaMetrics {
  mediaServerUp(server: string, up: boolean): void;
  mediaEndpoints(server: string, count: number): void;
  mediaFailed(server: string, failure: MediaFailure): void;
  /** From our command to the first packet. */
  promptStarted(server: string, after: Millis): void;
}
