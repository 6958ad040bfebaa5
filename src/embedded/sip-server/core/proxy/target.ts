import type { Destination } from '../../dns/server-locator.js';

/** Where a request is sent on to. */
export interface Target {
  readonly uri: string;
  readonly destination: Destination;
  /** The URI that the application named, of which this one may be a redirection. */
  readonly named: string;
}
