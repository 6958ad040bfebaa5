import { createRequire } from 'node:module';
import type { EventEmitter } from 'node:events';
import { readMessagesLeanly } from './lean-messages.js';
import { keepDialogsLeanly, keepTablesLeanly } from './lean-tables.js';

/**
 * drachtio-srf as we use it. Its own type definitions leave out what the masking depends on
 * (source address, transaction ids, the wire), so the parts in use are typed here, read from
 * version 5.0.29; package.json pins exactly that version.
 */

/** The connection to the engine that a call belongs to; only ever handed back. */
export type EngineSocket = object;

export interface DrachtioMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly raw: string | undefined;
  get(name: string): string | undefined;
  has(name: string): boolean;
}

export interface DrachtioRequest extends DrachtioMessage, EventEmitter {
  readonly method: string;
  readonly uri: string;
  readonly source: 'network' | 'application';
  readonly source_address: string;
  readonly source_port: number;
  readonly protocol: string;
  /** `address:port` of ours that the request came to. */
  readonly receivedOn: string | undefined;
  readonly stackTxnId: string;
  readonly socket: EngineSocket;
  cancel(opts: { headers: Record<string, string> }, callback: (err: unknown) => void): void;
}

export interface SendOptions {
  headers: Record<string, string>;
  body?: string;
}

export interface DrachtioResponse extends DrachtioMessage {
  readonly status: number;
  readonly req: DrachtioRequest;
  readonly stackDialogId: string | undefined;
  readonly source_address: string;
  readonly finalResponseSent: boolean;
  /** What `finalResponseSent` tells; set even when the engine could not send the response. */
  finished: boolean;
  send(
    status: number,
    reason: string,
    opts: SendOptions,
    callback?: (err: unknown, sent?: DrachtioMessage) => void,
    onPrack?: () => void,
  ): void;
}

export interface InDialogRequest {
  method: string;
  headers: Record<string, string>;
  body?: string;
}

export type Ack = (opts?: { body?: string }) => void;

export interface DrachtioDialog extends EventEmitter {
  readonly id: string;
  connected: boolean;
  readonly sip: { callId: string; localTag: string; remoteTag: string };
  local: { uri: string; sdp: string; contact: string };
  remote: { uri: string; sdp: string };
  readonly req: DrachtioRequest;
  readonly res: DrachtioResponse;
  readonly agent: DrachtioAgent;
  readonly socket: EngineSocket;
  /** What a challenge is answered with. */
  readonly auth: object | undefined;
  destroy(opts: { headers: Record<string, string> }, callback: (err: unknown) => void): void;
  /** Calls back for each response, provisional ones included. */
  request(opts: InDialogRequest, callback: (err: unknown, res?: DrachtioResponse) => void): void;
}

/** What createUAC answers when the INVITE carried no offer and the ACK is left to us. */
export interface Unacknowledged {
  readonly sdp: string;
  readonly res: DrachtioResponse;
  ack(sdp: string): Promise<DrachtioDialog>;
  destroy(): Promise<void>;
}

export interface CreateUacOptions {
  headers: Record<string, string>;
  localSdp?: string;
  noAck?: boolean;
  auth?: { username: string; password: string };
  _socket: EngineSocket;
}

/** A failed request: `status` and `res` when the peer answered. */
export interface SipError extends Error {
  readonly status?: number;
  readonly res?: DrachtioResponse;
}

/** The framed connection to the engine; everything that leaves passes `send`. */
export interface WireProtocol extends EventEmitter {
  /** Returns the id of the frame, by which the engine answers it. */
  send(socket: EngineSocket, frame: string): string;
  /** We have hung up: a connection that goes is not sought again. */
  closing?: boolean;
  readonly reconnectVars?: { readonly retryTimer: NodeJS.Timeout | null };
}

export interface EngineWire extends WireProtocol {
  disconnect(socket: EngineSocket): void;
}

export interface DrachtioAgent {
  readonly wp: EngineWire;
  /** The connections to engines that have let us in. */
  readonly mapServer: ReadonlyMap<EngineSocket, unknown>;
  request(
    opts: {
      method: string;
      stackDialogId: string;
      headers: Record<string, string>;
      body?: string;
      auth?: object | undefined;
      _socket: EngineSocket;
    },
    callback: (err: unknown, req?: DrachtioRequest) => void,
  ): void;
}

type Handler = (req: DrachtioRequest, res: DrachtioResponse) => void;

export interface Drachtio extends EventEmitter {
  readonly app: { readonly client: DrachtioAgent };
  connect(opts: {
    host: string;
    port: number;
    secret: string;
    enablePing: boolean;
    pingInterval: number;
  }): void;
  disconnect(): void;
  use(method: string, handler: Handler): void;
  createUAS(
    req: DrachtioRequest,
    res: DrachtioResponse,
    opts: { localSdp: string; headers: Record<string, string> },
    callback: (err: unknown, dialog?: DrachtioDialog) => void,
  ): void;
  createUAC(
    uri: string,
    opts: CreateUacOptions,
    progress: {
      cbRequest(err: unknown, req?: DrachtioRequest): void;
      cbProvisional(res: DrachtioResponse): void;
    },
    callback: (err: SipError | null, dialog?: DrachtioDialog | Unacknowledged) => void,
  ): void;
}

const require = createRequire(import.meta.url);
const DrachtioSrf = require('drachtio-srf') as new () => Drachtio;

const insideDrachtio = createRequire(require.resolve('drachtio-srf'));

/** What drachtio-srf writes its traces with, when the environment has DEBUG. */
const traces = insideDrachtio('debug') as { disable(): string };

readMessagesLeanly(insideDrachtio);
keepTablesLeanly(insideDrachtio);

export function newDrachtio(): Drachtio {
  // They hold every message in full, numbers and names included, and go past the log.
  traces.disable();
  const srf = new DrachtioSrf();
  keepDialogsLeanly(srf);
  return srf;
}

/** A header field by its long or compact name; drachtio-srf knows only some compact forms. */
export function headerOf(msg: DrachtioMessage, name: string, compact?: string): string | undefined {
  return msg.get(name) ?? (compact === undefined ? undefined : msg.get(compact));
}
