import { createRequire } from 'node:module';
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/**
 * drachtio-fsmrf 4.1.2 and the event-socket library below it as we use them: neither has types that
 * tell what is needed here. package.json pins exactly that version.
 */

/** An event or answer of the server; values are decoded. */
export interface EslEvent {
  getHeader(name: string): string | undefined;
  getBody(): string | undefined;
}

type Listener = (...args: never[]) => void;

/** One connection of the event socket: ours to the server, or of one channel to us. */
export interface EslConnection {
  socket: Socket | null;
  /** Set: it is not sought again when it is gone. */
  closing?: boolean;
  on(event: string, listener: Listener): void;
  once(event: string, listener: Listener): void;
  removeAllListeners(event?: string): void;
  /** The answers are matched with the questions by nothing but their order. */
  api(command: string, answered: (answer: EslEvent) => void): void;
  send(command: string, args?: Readonly<Record<string, unknown>>): void;
  sendRecv(command: string, answered: (answer: EslEvent) => void): void;
}

/** A SIP dialog with the media server, as drachtio-srf has it. */
export interface MediaDialog extends EventEmitter {
  readonly id: string;
  readonly socket: object;
  readonly local: { readonly contact: string };
  readonly remote: { readonly sdp: string };
  connected: boolean;
  destroy(...args: unknown[]): Promise<unknown>;
  readonly agent: {
    request(
      opts: {
        method: string;
        stackDialogId: string;
        headers: Readonly<Record<string, string>>;
        body: string;
        _socket: object;
      },
      sent: (err: unknown, req?: SentRequest) => void,
    ): void;
  };
}

export interface SentRequest extends EventEmitter {
  cancel(opts: { headers: Readonly<Record<string, string>> }, sent: (err: unknown) => void): void;
}

export interface MediaResponse {
  readonly status: number;
  readonly body: string | undefined;
}

/** What createUAC answers when it made no offer and the ACK is left to us. */
export interface UnacknowledgedDialog {
  readonly sdp: string;
  ack(sdp: string): Promise<MediaDialog>;
  destroy(): Promise<void>;
}

/** The SIP engine as drachtio-fsmrf wants it: an instance of drachtio-srf, given by boot. */
export interface SipSignalling {
  createUAC(
    uri: string,
    opts: {
      readonly headers: Readonly<Record<string, string>>;
      readonly localSdp?: string;
      readonly noAck?: boolean;
    },
    progress: { cbRequest(err: unknown, req?: SentRequest): void; cbProvisional(): void },
    answered: (err: Error | null, dialog?: MediaDialog | UnacknowledgedDialog) => void,
  ): void;
}

/** drachtio-fsmrf's idea of that: it calls this, and nothing else, of the srf it is given. */
export interface CallsServers {
  createUAC(
    uri: string,
    opts: { readonly headers: Readonly<Record<string, string>>; readonly localSdp?: string },
  ): Promise<MediaDialog>;
}

/** fsmrf's Endpoint: a channel of the server, and our dialog with it. */
export interface FsmrfEndpoint extends EventEmitter {
  readonly uuid: string;
  readonly conn: EslConnection | null;
  readonly dialog: MediaDialog | null;
  execute(app: string, arg: string): Promise<EslEvent>;
}

/** fsmrf's MediaServer: the connection to a server, and the listener for those of its channels. */
export interface FsmrfServer extends EventEmitter {
  /** Set: it says nothing on the console when the connection is gone. */
  closing?: boolean;
  readonly maxSessions: number;
  readonly _server?: {
    on(event: 'connection::open', opened: (channel: EslConnection) => void): void;
    close(): void;
  };
  createEndpoint(opts: {
    readonly remoteSdp?: string;
    readonly headers: Readonly<Record<string, string>>;
  }): Promise<FsmrfEndpoint>;
}

interface FsmrfServerClass {
  new (
    connection: EslConnection,
    mrf: { readonly srf: CallsServers; readonly customEvents: readonly string[] },
    listenAddress: string,
    listenPort: number,
    advertisedAddress: string | undefined,
    advertisedPort: number | undefined,
    profile: string,
  ): FsmrfServer;
}

const require = createRequire(import.meta.url);
const insideFsmrf = createRequire(require.resolve('drachtio-fsmrf'));

/** Traces hold session descriptions and digits, and go past the log, when the environment has DEBUG. */
(insideFsmrf('debug') as { disable(): string }).disable();

/**
 * `Mrf.connect` never lets go of a connection that failed: it seeks it again for ever, with no pause
 * between. So its two steps are taken here, where what they make can be ended.
 */
export const FsmrfServer = insideFsmrf('./mediaserver') as FsmrfServerClass;

export const EventSocket = (
  insideFsmrf('drachtio-modesl') as {
    Connection: new (
      host: string,
      port: number,
      password: string,
      ready: () => void,
    ) => EslConnection;
  }
).Connection;
