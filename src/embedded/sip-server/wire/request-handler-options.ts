/** Who is asked what to do with new requests of a method. */
export interface RequestHandler {
  /** In capitals; `*`, the default, is every method that has no handler of its own. */
  readonly method?: string;
  /**
   * `http:` or `https:` is asked with a GET for each request; `tcp://host:port` is an application
   * to dial for each, without asking anyone.
   */
  readonly url: string;
}

export interface RequestHandlerLimits {
  /** How long a handler may take for its whole answer, in ms. */
  readonly answerMs: number;
  readonly answerBytes: number;
  /** Requests that may wait for handlers at once; further ones get 503. */
  readonly waiting: number;
  /** How long a dialed application may take until it has shown the secret, in ms. */
  readonly dialMs: number;
  /** Connections to dialed applications at once; a request that would need another gets 480. */
  readonly connections: number;
}

export const defaultRequestHandlerLimits: RequestHandlerLimits = {
  answerMs: 3_000,
  answerBytes: 16_384,
  waiting: 1_000,
  dialMs: 4_000,
  connections: 1_000,
};
