import type { Socket } from 'node:net';
import {
  CommandReader,
  NotACommand,
  type EslCommand,
  type ReaderLimits,
} from './command-reader.js';
import type { EventBus } from './event-bus.js';
import { Subscription } from './subscription.js';

export interface ConnectionLimits extends ReaderLimits {
  /** What may wait for a peer that does not read, in bytes; beyond it the peer is dropped. */
  readonly unreadBytes: number;
}

/** What a connection understands depends on who opened it. */
export interface CommandHandler {
  /** Commands of one connection are handled one after the other, as their answers have no names. */
  handle(command: EslCommand, connection: EslConnection): Promise<void> | void;
  closed(connection: EslConnection): void;
}

/** Either side's event socket: commands in, replies and events out, strictly in order. */
export class EslConnection {
  readonly subscription = new Subscription();
  readonly #socket: Socket;
  readonly #reader: CommandReader;
  readonly #limits: ConnectionLimits;
  readonly #handler: CommandHandler;
  readonly #stopListening: () => void;
  #busy = false;
  #leaving = false;

  constructor(socket: Socket, handler: CommandHandler, bus: EventBus, limits: ConnectionLimits) {
    this.#socket = socket;
    this.#handler = handler;
    this.#limits = limits;
    this.#reader = new CommandReader(limits);
    // Replies are small and somebody waits for each.
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('error', () => undefined);
    socket.once('end', () => this.leave());
    socket.once('close', () => this.#closed());
    this.#stopListening = bus.listen((event) => {
      if (this.subscription.hears(event)) this.write(event.framed(this.subscription.format));
    });
  }

  /** `command/reply` with a text such as `+OK accepted`. */
  reply(text: string): void {
    this.write(`Content-Type: command/reply\nReply-Text: ${text}\n\n`);
  }

  /** The answer to `api`; an empty one is no answer, and FreeSWITCH says so. */
  respond(body: string): void {
    const text = body === '' ? '-ERR no reply\n' : body;
    const length = String(Buffer.byteLength(text));
    this.write(`Content-Type: api/response\nContent-Length: ${length}\n\n${text}`);
  }

  write(bytes: Buffer | string): void {
    if (this.#leaving || this.#socket.destroyed) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > this.#limits.unreadBytes) this.#socket.destroy();
  }

  /** Closes once everything written has gone out; what comes in from now on is not read. */
  leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#stopListening();
    this.#socket.end();
    this.#socket.resume();
    const timer = setTimeout(() => this.#socket.destroy(), lingerMs);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #received(chunk: Buffer): void {
    if (this.#leaving) return;
    this.#reader.push(chunk);
    // Who sends faster than we answer has to wait, in the kernel and not in our memory.
    if (this.#busy && this.#reader.waiting > this.#limits.commandBytes) this.#socket.pause();
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let command = this.#next(); command; command = this.#next()) {
        await this.#handler.handle(command, this);
      }
    } catch (error) {
      if (!(error instanceof NotACommand)) process.emitWarning(asError(error));
      this.#socket.destroy();
    } finally {
      this.#busy = false;
      this.#socket.resume();
    }
  }

  #next(): EslCommand | undefined {
    return this.#leaving ? undefined : this.#reader.next();
  }

  #closed(): void {
    this.#stopListening();
    this.#leaving = true;
    this.#handler.closed(this);
  }
}

/** How long a peer that was told to go may keep its side open. */
const lingerMs = 2_000;

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
