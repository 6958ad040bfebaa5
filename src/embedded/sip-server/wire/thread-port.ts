import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { Backlog } from './backlog.js';

/**
 * What an application in another thread of this process may use instead of its socket: the same
 * frames, as strings without their length, several to a message. Two threads woken by each other
 * cost a third of what two ends of a socket cost, and nothing is encoded on the way.
 */
export interface OfferedPort {
  /** Shown by the connection that is to go on here; the application's secret was shown before. */
  readonly token: string;
  readonly port: MessagePort;
  /** Shared memory: how many characters of frames the application has begun with, modulo 2³². */
  readonly taken: Int32Array;
}

/**
 * How long an answer to a command may wait for something to go along with, in ms: nobody acts on it,
 * and to wake the application costs more than the frame. Less than a dialog's time to settle.
 */
const patienceMilliseconds = 5;

/** The engine's end. Frames are gathered for the rest of the turn, and so come many at a time. */
export class ThreadPort {
  /** What the application has not got round to. */
  readonly backlog: Backlog;
  readonly #offered: OfferedPort;
  readonly #take: (frame: string) => void;
  #waiting: string[] = [];
  #urgent: NodeJS.Immediate | undefined;
  #patient: NodeJS.Timeout | undefined;
  readonly #flush = (): void => this.flush();

  constructor(offered: OfferedPort, take: (frame: string) => void) {
    this.#offered = offered;
    this.backlog = new Backlog(offered.taken);
    this.#take = take;
  }

  /** Starts to hear what the application says; until now it has waited in the port. */
  listen(): void {
    this.#offered.port.on('message', (frames: string[]) => frames.forEach(this.#take));
  }

  /** Something to act on: it leaves with this turn, and all that waits before it. */
  send(frame: string): void {
    this.#keep(frame);
    this.#urgent ??= setImmediate(this.#flush);
  }

  /** Something to take note of, whenever there is a reason to wake the application. */
  sendAlong(frame: string): void {
    this.#keep(frame);
    this.#patient ??= setTimeout(this.#flush, patienceMilliseconds);
  }

  flush(): void {
    clearImmediate(this.#urgent);
    clearTimeout(this.#patient);
    this.#urgent = this.#patient = undefined;
    if (this.#waiting.length === 0) return;
    this.#offered.port.postMessage(this.#waiting);
    this.backlog.left(this.#waiting.length, performance.now());
    this.#waiting = [];
  }

  /** The application has hung up; what it had said before is still heard. */
  close(): void {
    const { port } = this.#offered;
    for (let said = receive(port); said !== undefined; said = receive(port)) {
      said.forEach(this.#take);
    }
    this.#waiting = [];
    this.flush();
    port.close();
  }

  #keep(frame: string): void {
    this.#waiting.push(frame);
    this.backlog.say(frame);
  }
}

function receive(port: MessagePort): string[] | undefined {
  return (receiveMessageOnPort(port) as { message: string[] } | undefined)?.message;
}
