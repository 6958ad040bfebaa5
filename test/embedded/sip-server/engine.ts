import { createRequire } from 'node:module';
import type { EventEmitter } from 'node:events';
import type {
  SipServerLimits,
  SipServerOptions,
} from '../../../src/embedded/sip-server/options.js';
import { startSipServer } from '../../../src/embedded/sip-server/server.js';
import type { TimerValues } from '../../../src/embedded/sip-server/transaction/timing.js';

/**
 * drachtio-srf as these tests use it. Its own types know neither the forms that return a promise
 * nor half of the options.
 */
export interface AppRequest extends EventEmitter {
  readonly method: string;
  readonly uri: string;
  readonly body: string;
  readonly source: string;
  readonly protocol: string;
  readonly source_port: number;
  readonly receivedOn: string;
  get(name: string): string;
  has(name: string): boolean;
  cancel(options?: object): void;
}

export interface AppResponse {
  readonly status: number;
  readonly body: string;
  readonly source_address: string;
  get(name: string): string;
  has(name: string): boolean;
  send(
    status: number,
    options?: object,
    sent?: (error: unknown, message: AppRequest) => void,
    acknowledged?: (request: AppRequest) => void,
  ): void;
}

export interface AppDialog extends EventEmitter {
  readonly id: string;
  readonly connected: boolean;
  readonly sip: { readonly callId: string; readonly localTag: string; readonly remoteTag: string };
  readonly local: { readonly sdp: string };
  readonly remote: { readonly sdp: string; readonly uri: string };
  destroy(options?: object): Promise<AppRequest>;
  modify(sdp: string, options?: object): Promise<string>;
  request(options: object): Promise<AppResponse>;
}

export interface Progress {
  cbRequest?: (error: unknown, request: AppRequest) => void;
  cbProvisional?: (response: AppResponse) => void;
}

export interface ThirdParty {
  readonly sdp: string;
  ack(sdp: string): Promise<AppDialog>;
}

type Handler = (request: AppRequest, response: AppResponse) => unknown;

export interface App extends EventEmitter {
  connect(options: object): void;
  disconnect(): void;
  use(method: string, handler: Handler): void;
  request(uri: string, options: object): Promise<AppRequest>;
  createUAS(request: AppRequest, response: AppResponse, options: object): Promise<AppDialog>;
  createUAC(uri: string, options: object, progress?: Progress): Promise<AppDialog>;
  createB2BUA(
    request: AppRequest,
    response: AppResponse,
    uri: string,
    options: object,
    progress?: Progress,
  ): Promise<{ uas: AppDialog; uac: AppDialog }>;
}

const Srf = createRequire(import.meta.url)('drachtio-srf') as new () => App;

/** `host:port:secret:sipport` of a real drachtio-server that the same tests can be run against. */
const real = process.env['CALLVEIL_TEST_DRACHTIO']?.split(':') ?? [];
export const onRealServer = real.length === 4;

export interface EngineOptions {
  readonly timers?: Partial<TimerValues>;
  readonly limits?: Partial<SipServerLimits>;
  /** Listens there instead of on 127.0.0.1. */
  readonly address?: string;
  readonly more?: Partial<SipServerOptions>;
}

/** The engine under test and the applications connected to it. */
export class TestEngine {
  readonly host: string;
  readonly adminPort: number;
  readonly secret: string;
  readonly sipPort: number;
  readonly #close: () => Promise<void>;
  readonly #apps: App[] = [];

  private constructor(
    host: string,
    adminPort: number,
    secret: string,
    sipPort: number,
    close: () => Promise<void>,
  ) {
    this.host = host;
    this.adminPort = adminPort;
    this.secret = secret;
    this.sipPort = sipPort;
    this.#close = close;
  }

  /** Tests that move timers or limits can only be run on our engine. */
  static async start(options: EngineOptions = {}): Promise<TestEngine> {
    const [host = '', admin, secret = '', sip] = real;
    const nothing = (): Promise<void> => Promise.resolve();
    if (onRealServer) return new TestEngine(host, Number(admin), secret, Number(sip), nothing);
    const { address = '127.0.0.1', timers = {}, limits = {}, more = {} } = options;
    const server = await startSipServer({
      listeners: [
        { protocol: 'udp', address, port: 0 },
        { protocol: 'tcp', address, port: 0 },
      ],
      secret: 'cymru',
      adminHost: '127.0.0.1',
      adminPort: 0,
      timers,
      limits,
      ...more,
    });
    const port = Number(server.contacts[0]?.split(':').pop());
    return new TestEngine('127.0.0.1', server.adminPort, 'cymru', port, () => server.close());
  }

  /** A connected application; `handlers` by method in lower case. */
  async app(handlers: Record<string, Handler> = {}): Promise<App> {
    const app = new Srf();
    for (const [method, handler] of Object.entries(handlers)) app.use(method, handler);
    app.on('error', () => undefined);
    await new Promise<void>((resolve, reject) => {
      app.on('connect', (error: Error | null) => {
        if (error) reject(error);
        else resolve();
      });
      app.connect({ host: this.host, port: this.adminPort, secret: this.secret });
    });
    this.#apps.push(app);
    // The routes are on their way already, but nothing tells when they have arrived.
    await pause(40);
    return app;
  }

  async stop(): Promise<void> {
    for (const app of this.#apps) app.disconnect();
    await this.#close();
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The first time an emitter emits, with its arguments. */
export function emitted(emitter: EventEmitter, name: string, within = 4_000): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no '${name}' within ${within} ms`)), within);
    emitter.once(name, (...args: unknown[]) => {
      clearTimeout(timer);
      resolve(args);
    });
  });
}
