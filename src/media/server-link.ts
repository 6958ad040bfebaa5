import { createServer } from 'node:net';
import { MediaFailed } from '../flows/ports/media.js';
import { seconds, type Clock, type Millis } from '../domain/time.js';
import { checkServer, ServerUnusable, type ServerAddress } from './check-server.js';
import {
  EventSocket,
  FsmrfServer,
  type CallsServers,
  type EslConnection,
  type EslEvent,
  type FsmrfEndpoint,
} from './fsmrf.js';
import { proving } from './invitation-proof.js';
import { bounded, Ending } from './race.js';
import { shield } from './shield.js';

/** Where we wait for the connection that the server makes for each channel. */
export interface ChannelListener {
  readonly address: string;
  /** 0: another free one each time. */
  readonly port: number;
  /** What the server is told instead, when it reaches us elsewhere. */
  readonly advertisedAddress: string | undefined;
}

export interface ServerLinkDeps {
  readonly server: ServerAddress;
  readonly channels: ChannelListener;
  readonly sip: CallsServers;
  readonly clock: Clock;
  /** Something was thrown within the library; its kind only is for the log. */
  failed(error: unknown): void;
}

const CHECK_WITHIN = seconds(4);
/** drachtio-fsmrf gives itself one second, from when the password was taken. */
const READY_WITHIN = seconds(3);

/** One connection to one server, from when it is usable until it is gone; it is never sought again. */
export class ServerLink {
  /** Ends when the connection has. */
  readonly ending = new Ending();
  #server: FsmrfServer | undefined;

  private constructor(
    private readonly connection: EslConnection,
    private readonly deps: ServerLinkDeps,
  ) {
    connection.closing = true;
    connection.on('error', () => undefined);
    connection.on('esl::end', () => this.close());
    shield(connection, (error) => deps.failed(error));
  }

  /** @throws ServerUnusable */
  static async open(deps: ServerLinkDeps): Promise<ServerLink> {
    await checkServer(deps.server, { clock: deps.clock, within: CHECK_WITHIN });
    await checkListener(deps.channels);
    const { host, port, password } = deps.server;
    let ready = (): void => undefined;
    const connection = new EventSocket(host, port, password, () => ready());
    const link = new ServerLink(connection, deps);
    const usable = new Promise<void>((resolve) => {
      ready = () => link.#begin(resolve);
    });
    try {
      await link.#bounded(usable, READY_WITHIN);
      return link;
    } catch {
      link.close();
      throw new ServerUnusable('gives no answer');
    }
  }

  /** @throws MediaFailed `gone` when it says nothing: then no answer after it could be trusted. */
  async api(command: string, within = seconds(3)): Promise<string> {
    if (this.ending.over) throw new MediaFailed('gone');
    const answer = new Promise<EslEvent>((resolve) => this.connection.api(command, resolve));
    try {
      return (await this.#bounded(answer, within)).getBody() ?? '';
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws MediaFailed `no-endpoint`, or what SIP said. */
  openChannel(
    remoteSdp: string | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<FsmrfEndpoint> {
    if (this.#server === undefined || this.ending.over) throw new MediaFailed('no-endpoint');
    return this.#server.createEndpoint({
      ...(remoteSdp !== undefined && { remoteSdp }),
      headers: { ...headers },
    });
  }

  close(): void {
    if (this.ending.over) return;
    const { connection } = this;
    connection.removeAllListeners();
    connection.socket?.destroy();
    this.#server?._server?.close();
    this.ending.end();
  }

  #begin(usable: () => void): void {
    const { address, port, advertisedAddress } = this.deps.channels;
    const { sip, server } = this.deps;
    const mrf = { srf: proving(sip, server.key), customEvents: [] };
    const own = new FsmrfServer(
      ...([this.connection, mrf, address, port] as const),
      ...([advertisedAddress, undefined, server.profile] as const),
    );
    own.closing = true;
    own.on('error', () => this.close());
    own.once('connect', () => {
      own._server?.on('connection::open', (channel) =>
        shield(channel, (error) => this.deps.failed(error)),
      );
    });
    own.once('ready', usable);
    this.#server = own;
  }

  #bounded<T>(work: Promise<T>, within: Millis): Promise<T> {
    return bounded(work, { ending: this.ending, clock: this.deps.clock, within, failure: 'gone' });
  }
}

/** drachtio-fsmrf does not hear that it cannot listen. @throws ServerUnusable */
function checkListener({ address, port }: ChannelListener): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ServerUnusable('cannot be reached', `${error.code ?? ''} on ${address}:${port}`)),
    );
    server.listen(port, address, () => server.close(() => resolve()));
  });
}
