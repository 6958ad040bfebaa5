import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { PacketGathering } from './packet-gathering.js';

/** Media of a call that ended may still come for a while: RFC 3550 §11 leaves it to the receiver. */
const defaultRestMs = 5_000;

/** A fourth of a packet; 5 ms cost a tenth less than 4. */
const defaultGatherMs = 5;

export interface PortPoolOptions {
  /** Address to bind, IPv4 or IPv6. */
  readonly address: string;
  /** Ports from here on are used, in pairs of an even RTP port and the odd RTCP port above it. */
  readonly lowest: number;
  readonly highest: number;
  /** How long a pair stays unused after a call, so that the next one does not hear its media. */
  readonly restMs?: number;
  /** The most that a packet waits so that several are taken in at once; 0: none waits. */
  readonly gatherMs?: number;
}

/** All pairs are taken or rest. */
export class NoPortLeft extends Error {
  override readonly name = 'NoPortLeft';
}

/**
 * The ports that media goes through (RFC 3550 §11: RTP even, RTCP the odd one above). The next port
 * is drawn by lot, so that nobody knows where a call's media will be.
 */
export class PortPool {
  readonly address: string;
  readonly gathering: PacketGathering;
  readonly #restMs: number;
  readonly #free: number[] = [];
  readonly #resting: { readonly port: number; readonly untilMs: number }[] = [];
  readonly #now: () => number;
  #taken = 0;

  constructor(options: PortPoolOptions, now = (): number => performance.now()) {
    this.#now = now;
    this.address = options.address;
    this.gathering = new PacketGathering(options.gatherMs ?? defaultGatherMs);
    this.#restMs = options.restMs ?? defaultRestMs;
    const first = options.lowest + (options.lowest % 2);
    for (let port = first; port + 1 <= options.highest; port += 2) this.#free.push(port);
  }

  /** Pairs in use. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * The RTP port of a pair.
   * @throws NoPortLeft
   */
  take(): number {
    this.#wake();
    const { length } = this.#free;
    if (length === 0) throw new NoPortLeft(`all pairs are taken or rest`);
    const drawn = randomInt(length);
    const port = this.#free[drawn];
    const last = this.#free.pop();
    if (port === undefined || last === undefined) throw new NoPortLeft();
    if (drawn < this.#free.length) this.#free[drawn] = last;
    this.#taken += 1;
    return port;
  }

  giveBack(port: number): void {
    this.#taken -= 1;
    this.#resting.push({ port, untilMs: this.#now() + this.#restMs });
  }

  /** They rest equally long, so those that rest longest come first. */
  #wake(): void {
    const nowMs = this.#now();
    const stillResting = this.#resting.findIndex(({ untilMs }) => untilMs > nowMs);
    const rested = this.#resting.splice(
      0,
      stillResting === -1 ? this.#resting.length : stillResting,
    );
    for (const { port } of rested) this.#free.push(port);
  }
}
