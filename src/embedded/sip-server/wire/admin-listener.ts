import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { AppOutlet, type App } from './app.js';
import type { Backlog } from './backlog.js';
import { parseCommand, type Command, type RequestCommand, type RespondCommand } from './command.js';
import { FrameError, FrameReader } from './frame.js';
import { PortOffers } from './port-offers.js';
import type { ProxyCommand } from './proxy-command.js';
import type { Routes } from './routes.js';
import { ThreadPort, type OfferedPort } from './thread-port.js';

/** What applications may ask of the engine once they are known. */
export interface AppUser {
  respond(app: App, command: RespondCommand): void;
  request(app: App, command: RequestCommand): void;
  proxy(app: App, command: ProxyCommand): void;
  /** Its connection has gone, with everything that only it could decide. */
  gone(app: App): void;
}

export interface AdminOptions {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  /** What `authenticate` is answered with: public contacts, version, bound contacts. */
  greeting(): string;
  readonly routes: Routes;
  readonly user: AppUser;
  /** A fault of ours while a command was carried out; the application goes on with the next. */
  failed(error: unknown): void;
  readonly maxFrameBytes: number;
  /** What may wait for an application that does not read, in bytes. */
  readonly maxUnreadBytes: number;
  readonly maxApps: number;
}

/** Before it has shown the secret nobody may make us hold more than this. */
const strangerFrameBytes = 4_096;
const strangerMilliseconds = 10_000;

/** Takes the connections of applications and understands what they say. */
export class AdminListener {
  readonly #options: AdminOptions;
  readonly #server: Server;
  readonly #outlets = new Map<Socket, AppOutlet>();
  readonly #ports = new PortOffers();

  constructor(options: AdminOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
      this.#accept(socket);
    });
  }

  async listen(): Promise<number> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** From here on an application that shows its token may go on by this port. */
  offer(offered: OfferedPort): void {
    this.#ports.offer(offered);
  }

  /** What waits for applications in this process; how those by socket get on, nobody can tell. */
  *backlogs(): Iterable<Backlog> {
    for (const { backlog } of this.#outlets.values()) if (backlog) yield backlog;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#outlets.keys()) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    if (this.#outlets.size >= this.#options.maxApps) {
      socket.destroy();
      return;
    }
    this.#outlets.set(socket, this.welcome(socket));
    socket.on('close', () => this.#outlets.delete(socket));
  }

  /** Hears who is at the other end, whichever end has dialed; `joined` once it is known. */
  welcome(socket: Socket, joined: (app: AppOutlet) => void = () => undefined): AppOutlet {
    const { maxUnreadBytes, maxFrameBytes } = this.#options;
    const outlet = new AppOutlet(socket, maxUnreadBytes);
    const reader = new FrameReader(strangerFrameBytes);
    let known = false;
    const patience = setTimeout(() => socket.destroy(), strangerMilliseconds);
    const take = (payload: Buffer): void => {
      if (!outlet.connected) return;
      const command = parseCommand(payload);
      if (known) this.#attempt(outlet, command);
      else if (this.#admit(outlet, command)) {
        known = true;
        reader.maxPayload = maxFrameBytes;
        clearTimeout(patience);
        joined(outlet);
      }
    };
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk, take);
      } catch (error) {
        // Out of step with the frames there is nothing left to say.
        if (!(error instanceof FrameError)) throw error;
        socket.destroy();
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(patience);
      this.#ports.forget(outlet);
      outlet.lost();
      this.#options.routes.removeApp(outlet);
      if (known) this.#options.user.gone(outlet);
    });
    return outlet;
  }

  #admit(outlet: AppOutlet, command: Command): boolean {
    if (command.is === 'authenticate' && sameSecret(command.secret, this.#options.secret)) {
      outlet.reply(command.id, `OK|${this.#options.greeting()}`);
      return true;
    }
    const why = command.is === 'authenticate' ? 'incorrect secret' : 'not authenticated';
    outlet.reply(command.id, `NO|${why}`);
    outlet.end();
    return false;
  }

  #attempt(outlet: AppOutlet, command: Command): void {
    try {
      this.#obey(outlet, command);
    } catch (error) {
      this.#options.failed(error);
      outlet.reply(command.id, 'NOK|internal error');
    }
  }

  /** The answer is the last frame by the socket; all others go by the port, both ways. */
  #goOnByPort(outlet: AppOutlet, { id, token }: Command & { is: 'port' }): void {
    this.#ports.ask(outlet, token, (offered) => {
      const take = (frame: string): void => {
        if (outlet.connected) this.#attempt(outlet, parseCommand(frame));
      };
      outlet.reply(id, 'OK');
      outlet.continueOn(new ThreadPort(offered, take));
    });
  }

  #obey(outlet: AppOutlet, command: Command): void {
    const { routes, user } = this.#options;
    switch (command.is) {
      case 'respond':
        user.respond(outlet, command);
        break;
      case 'request':
        user.request(outlet, command);
        break;
      case 'route':
        routes.add(command.verb, outlet);
        outlet.reply(command.id, 'OK');
        break;
      case 'remove route':
        routes.remove(command.verb, outlet);
        outlet.reply(command.id, 'OK');
        break;
      case 'ping':
        outlet.reply(command.id, 'OK|pong');
        break;
      case 'authenticate':
        outlet.reply(command.id, `OK|${this.#options.greeting()}`);
        break;
      case 'port':
        this.#goOnByPort(outlet, command);
        break;
      case 'proxy':
        user.proxy(outlet, command);
        break;
      case 'malformed':
        outlet.reply(command.id, `NOK|${command.why}`);
        break;
      case 'unintelligible':
        outlet.reply(command.id, `NO|${command.why}`);
        outlet.end();
    }
  }
}

/** Compares digests, so that neither time nor length tells how much of a guess was right. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
