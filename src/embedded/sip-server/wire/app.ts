import type { Socket } from 'node:net';
import type { Backlog } from './backlog.js';
import { frameOf } from './frame.js';
import { replyMeta } from './meta.js';
import type { ThreadPort } from './thread-port.js';

/** An authenticated application, as the rest of the engine sees it. */
export interface App {
  /** False once its connection has gone; what it owned has no one to answer for it. */
  readonly connected: boolean;
  /** Sends a frame: a meta line and, optionally, a SIP message. */
  deliver(meta: string, sip?: Buffer): void;
  /** Answers a command. */
  reply(commandId: string, outcome: string, sip?: Buffer): void;
}

const gatherMilliseconds = 1;
/** How long who was told to go may take to close his side. */
const farewellMilliseconds = 1_000;

/**
 * Frames on their way to one application. They are gathered for the rest of the tick, and under
 * load for a millisecond, and written at once: at a thousand calls per second one system call per
 * frame would be among the largest costs, here and in the application.
 */
export class AppOutlet implements App {
  readonly #socket: Socket;
  readonly #maxUnread: number;
  #waiting: Buffer[] = [];
  #scheduled = false;
  #open = true;
  #lastFlush = 0;
  #port: ThreadPort | undefined;
  readonly #flushLater = (): void => this.flush();

  constructor(socket: Socket, maxUnread: number) {
    this.#socket = socket;
    this.#maxUnread = maxUnread;
  }

  get connected(): boolean {
    return this.#open;
  }

  /** What waits for it, known of an application in this process only. */
  get backlog(): Backlog | undefined {
    return this.#port?.backlog;
  }

  deliver(meta: string, sip?: Buffer): void {
    if (!this.#open) return;
    if (this.#port) {
      this.#port.send(textFrame(meta, sip));
      this.#checkUnread(this.#port.backlog.unread);
      return;
    }
    this.#waiting.push(frameOf(meta, sip));
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (performance.now() - this.#lastFlush < gatherMilliseconds) {
      setTimeout(this.#flushLater, gatherMilliseconds);
    } else setImmediate(this.#flushLater);
  }

  reply(commandId: string, outcome: string, sip?: Buffer): void {
    const meta = replyMeta(commandId, outcome);
    if (this.#port === undefined || !this.#open) {
      this.deliver(meta, sip);
      return;
    }
    this.#port.sendAlong(textFrame(meta, sip));
    this.#checkUnread(this.#port.backlog.unread);
  }

  /** From here on frames go this way; what was said before has left by the socket. */
  continueOn(port: ThreadPort): void {
    this.flush();
    this.#port = port;
    port.listen();
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#waiting.length === 0 || this.#socket.destroyed) return;
    const [only] = this.#waiting;
    const bytes = this.#waiting.length === 1 && only ? only : Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#lastFlush = performance.now();
    this.#socket.write(bytes);
    this.#checkUnread(this.#socket.writableLength);
  }

  /** Says the last word and hangs up. */
  end(): void {
    this.flush();
    this.#port?.flush();
    this.#open = false;
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), farewellMilliseconds).unref();
  }

  lost(): void {
    this.#port?.close();
    this.#open = false;
    this.#waiting = [];
  }

  /** An application that has stopped reading would otherwise fill our memory. */
  #checkUnread(unread: number): void {
    if (unread > this.#maxUnread) this.#socket.destroy();
  }
}

function textFrame(meta: string, sip: Buffer | undefined): string {
  return sip === undefined ? meta : `${meta}\r\n${sip.toString('utf8')}`;
}
