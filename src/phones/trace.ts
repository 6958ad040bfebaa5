import type { Address } from './address.js';
import { SipText } from './message.js';

/** One message on a phone's wire. */
export interface TraceEntry {
  /** Milliseconds of the process's monotonic clock: comparable between phones of one process. */
  readonly at: number;
  readonly direction: 'sent' | 'received';
  readonly bytes: Buffer;
  readonly peer: Address;
}

/** Every byte that a phone sent and received, in order. */
export class Trace {
  readonly entries: TraceEntry[] = [];

  add(direction: TraceEntry['direction'], bytes: Buffer, peer: Address): void {
    this.entries.push({ at: performance.now(), direction, bytes, peer });
  }

  /** A place in the trace, to look later at what came after it. */
  get mark(): number {
    return this.entries.length;
  }

  since(mark: number): readonly TraceEntry[] {
    return this.entries.slice(mark);
  }

  /** Everything that the other side made this phone see. */
  receivedBytes(since = 0): Buffer {
    return Buffer.concat(this.#received(since).map((entry) => entry.bytes));
  }

  received(since = 0): readonly SipText[] {
    return this.#received(since).map((entry) => new SipText(entry.bytes));
  }

  #received(since: number): readonly TraceEntry[] {
    return this.since(since).filter((entry) => entry.direction === 'received');
  }
}
