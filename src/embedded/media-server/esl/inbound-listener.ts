import { timingSafeEqual, createHash } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { runCommand, disconnectNotice, type EslServices } from './commands.js';
import type { EslCommand } from './command-reader.js';
import { EslConnection, type CommandHandler, type ConnectionLimits } from './connection.js';

export interface InboundOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly password: string;
  /** Connections at once. */
  readonly most: number;
  /** How long a peer may take to authenticate. */
  readonly authMs: number;
  readonly limits: ConnectionLimits;
  readonly services: EslServices;
}

/** The event socket that applications connect to. */
export class InboundListener implements CommandHandler {
  readonly #options: InboundOptions;
  readonly #server: Server;
  readonly #connections = new Set<EslConnection>();
  /** Those that have not shown the password yet, with their time limit. */
  readonly #strangers = new Map<EslConnection, NodeJS.Timeout>();

  constructor(options: InboundOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Resolves with the port. */
  listen(): Promise<number> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, exclusive: true }, () => {
        this.#server.removeListener('error', reject);
        this.#server.on('error', (error) => process.emitWarning(error));
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  async handle(command: EslCommand, connection: EslConnection): Promise<void> {
    if (!this.#strangers.has(connection)) {
      await runCommand(command, connection, this.#options.services);
    } else if (this.#isPassword(command.line)) {
      this.#welcome(connection);
    } else if (command.line.trim() === 'exit') {
      connection.reply('+OK bye');
      this.#turnAway(connection);
    } else if (/^auth\b/.test(command.line)) {
      connection.reply('-ERR invalid');
      this.#turnAway(connection);
    } else {
      connection.reply('-ERR command not found');
    }
  }

  closed(connection: EslConnection): void {
    clearTimeout(this.#strangers.get(connection));
    this.#strangers.delete(connection);
    this.#connections.delete(connection);
  }

  close(): Promise<void> {
    for (const connection of this.#connections) {
      connection.write(disconnectNotice());
      connection.leave();
    }
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #accept(socket: Socket): void {
    const { most, limits, services, authMs } = this.#options;
    if (this.#connections.size >= most) {
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    const connection = new EslConnection(socket, this, services.bus, limits);
    this.#connections.add(connection);
    const timer = setTimeout(() => connection.leave(), authMs);
    this.#strangers.set(connection, timer);
    connection.write('Content-Type: auth/request\n\n');
  }

  #isPassword(line: string): boolean {
    const shown = /^auth (.*)$/.exec(line)?.[1];
    return shown !== undefined && timingSafeEqual(digest(shown), digest(this.#options.password));
  }

  #welcome(connection: EslConnection): void {
    clearTimeout(this.#strangers.get(connection));
    this.#strangers.delete(connection);
    connection.reply('+OK accepted');
  }

  #turnAway(connection: EslConnection): void {
    connection.write(disconnectNotice());
    connection.leave();
  }
}

/** Of one length, whatever was shown. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
