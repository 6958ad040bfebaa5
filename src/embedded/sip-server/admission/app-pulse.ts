import { AppQueue } from './app-queue.js';

const never = -1;
/** `05:12:34.123456` in the meta line of every frame that carries a message. */
const time = /\|(\d\d):(\d\d):(\d\d)\.(\d{3})\d*\|/;

/** When a frame left the engine, in milliseconds of the day; undefined for a plain reply. */
function timeOf(meta: string): number | undefined {
  const found = time.exec(meta);
  if (found === null) return undefined;
  const [, hours, minutes, seconds, milliseconds] = found.map(Number) as [0, ...number[]];
  return (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000 + (milliseconds ?? 0);
}

/**
 * What an application in our own process tells the engine about its progress: the time of the frame
 * it has come to, in memory that both threads see. It costs neither of them a message.
 */
export class AppPulse {
  readonly memory: SharedArrayBuffer;
  readonly #slot: Int32Array;

  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    this.#slot = new Int32Array(this.memory);
    if (memory === undefined) Atomics.store(this.#slot, 0, never);
  }

  /** The application begins to handle this frame. */
  handling(frame: string): void {
    const at = timeOf(frame.slice(0, frame.indexOf('\n')));
    if (at !== undefined) Atomics.store(this.#slot, 0, at);
  }

  handledUpTo(): number | undefined {
    const at = Atomics.load(this.#slot, 0);
    return at === never ? undefined : at;
  }
}

/** The engine's side of it: what has left, held against what the application has come to. */
export class FramesUnderWay {
  readonly #pulse: AppPulse;
  readonly queue = new AppQueue();
  #lastSeen: number | undefined;

  constructor(pulse: AppPulse) {
    this.#pulse = pulse;
  }

  delivered(meta: string): void {
    const at = timeOf(meta);
    if (at === undefined) return;
    this.queue.delivered(at);
    this.#catchUp();
  }

  /** How long a frame that leaves now will wait, in ms. */
  delayMs(): number {
    this.#catchUp();
    return this.queue.delayMs(Math.floor(performance.timeOrigin + performance.now()) % 86_400_000);
  }

  #catchUp(): void {
    const handled = this.#pulse.handledUpTo();
    if (handled === undefined || handled === this.#lastSeen) return;
    this.#lastSeen = handled;
    this.queue.handledUpTo(handled);
  }
}
