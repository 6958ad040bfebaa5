import {
  MediaFailed,
  type EndpointLoss,
  type EndpointRequest,
  type MediaEndpoint,
  type MediaServer,
  type MediaServers,
} from '../ports/media.js';
import type { Side } from './media-path.js';

export interface AudioListener {
  /** An endpoint is gone without our doing. */
  lost(why: EndpointLoss): void;
  digit(side: Side, digit: string): void;
}

type Opening = Omit<EndpointRequest, 'listener'>;

/**
 * The audio of one call whose media is anchored: an endpoint for each party, both on one server.
 * Whatever becomes of the call, each endpoint is released once; one that opens too late, at once.
 */
export class CallAudio {
  #server: MediaServer | undefined;
  readonly #endpoints = new Map<Side, MediaEndpoint>();
  #released = false;
  /** Whether the parties hear each other; changes are made one after the other. */
  #joined: Promise<boolean> = Promise.resolve(false);

  constructor(
    private readonly servers: MediaServers,
    private readonly listener: AudioListener,
  ) {}

  endpoint(side: Side): MediaEndpoint | undefined {
    return this.#endpoints.get(side);
  }

  /**
   * All endpoints of a call are on one server, which is chosen once.
   * @throws MediaFailed (`no-server`)
   */
  choose(): MediaServer {
    this.#server ??= this.servers.choose();
    return this.#server;
  }

  /** @throws MediaFailed (`no-server`, `no-endpoint`; `gone` when the call is over meanwhile). */
  async open(side: Side, opening: Opening): Promise<MediaEndpoint> {
    let lost: EndpointLoss | undefined;
    const endpoint = await this.choose().openEndpoint({
      ...opening,
      listener: {
        digit: (digit) => this.listener.digit(side, digit),
        lost: (why) => {
          lost = why;
          if (this.#endpoints.has(side) && !this.#released) this.listener.lost(why);
        },
      },
    });
    if (this.#released || lost !== undefined) {
      endpoint.release();
      throw new MediaFailed('gone', lost ?? 'the call is over');
    }
    this.#endpoints.set(side, endpoint);
    return endpoint;
  }

  /** The parties hear each other from here on. Joining twice is joining once. */
  join(): Promise<void> {
    return this.#change(true, (caller, callee) => caller.bridge(callee));
  }

  /** Each party is on its own again, and hears silence. */
  part(): Promise<void> {
    return this.#change(false, (caller) => caller.unbridge());
  }

  release(): void {
    this.#released = true;
    for (const endpoint of this.#endpoints.values()) endpoint.release();
    this.#endpoints.clear();
  }

  async #change(
    wanted: boolean,
    make: (caller: MediaEndpoint, callee: MediaEndpoint) => Promise<void>,
  ): Promise<void> {
    const before = this.#joined;
    const change = (async () => {
      if ((await before) === wanted) return wanted;
      const [caller, callee] = [this.endpoint('caller'), this.endpoint('callee')];
      if (caller === undefined || callee === undefined) {
        throw new MediaFailed('gone', 'an endpoint is missing');
      }
      await make(caller, callee);
      return wanted;
    })();
    // What failed has changed nothing, as far as the next one knows.
    this.#joined = change.catch(() => before);
    await change;
  }
}
