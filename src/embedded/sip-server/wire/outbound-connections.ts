import { connect, type Socket } from 'node:net';
import type { AppOutlet } from './app.js';
import type { Destination } from './instruction.js';
import type { RequestHandlerLimits } from './request-handler-options.js';

/** Hears who is at the other end of a connection, and tells once it has shown the secret. */
type Welcome = (socket: Socket, joined: (app: AppOutlet) => void) => void;

/**
 * Connections that the server opens to applications (`listen` of drachtio-srf), one for each
 * request; the application speaks first all the same, and hangs up when its work is done.
 */
export class OutboundConnections {
  readonly #limits: Pick<RequestHandlerLimits, 'dialMs' | 'connections'>;
  readonly #welcome: Welcome;
  readonly #sockets = new Set<Socket>();
  #closed = false;

  constructor(limits: Pick<RequestHandlerLimits, 'dialMs' | 'connections'>, welcome: Welcome) {
    this.#limits = limits;
    this.#welcome = welcome;
  }

  /** Calls `done` once: with the application when it may be spoken to, or with undefined. */
  dial({ host, port }: Destination, done: (app: AppOutlet | undefined) => void): void {
    if (this.#closed || this.#sockets.size >= this.#limits.connections) {
      done(undefined);
      return;
    }
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    this.#sockets.add(socket);
    let joined = false;
    const patience = setTimeout(() => socket.destroy(), this.#limits.dialMs);
    this.#welcome(socket, (app) => {
      joined = true;
      clearTimeout(patience);
      done(app);
    });
    socket.on('close', () => {
      this.#sockets.delete(socket);
      clearTimeout(patience);
      if (!joined) done(undefined);
    });
  }

  /** Hangs up; resolves when all who waited have been told. */
  async close(): Promise<void> {
    this.#closed = true;
    const closing = [...this.#sockets].map(
      (socket) => new Promise((resolve) => socket.on('close', resolve)),
    );
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closing);
  }
}
