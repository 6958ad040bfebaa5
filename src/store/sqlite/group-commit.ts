import type Database from 'better-sqlite3';
import { millis, type Clock, type Millis, type Timer } from '../../domain/time.js';
import type { StoreError } from '../../flows/ports/store-error.js';
import { toStoreError } from './errors.js';

export interface CommitPolicy {
  /** Longest that a write which is in no hurry waits for others to be committed with it. */
  readonly within: Millis;
  /** Most writes of one transaction; it bounds how long the event loop stands still for it. */
  readonly most: number;
}

/**
 * Measured at 200 calls/s (test/bench/leg-records.ts): the start of each callee's leg commits anyway,
 * so that by 8 ms nearly every other write has found company.
 */
export const GROUP_COMMIT: CommitPolicy = { within: millis(8), most: 256 };

/** A write that waits for its transaction. */
export interface Write {
  /** For the error, when it fails. */
  readonly doing: string;
  /** One statement; run again, by itself, when its transaction was rolled back. */
  run(): void;
  done(): void;
  failed(why: StoreError): void;
}

/**
 * Commits many writes as one transaction, in the order in which they came: a commit costs more than
 * the statement it is for. Each write hears how it ended, and only once that is certain.
 */
export class GroupCommit {
  #waiting: Write[] = [];
  #timer: Timer | undefined;
  #turnEnd: NodeJS.Immediate | undefined;
  readonly #runAll: (writes: readonly Write[]) => void;

  /** Without a clock no write waits longer than the turn of the event loop in which it came. */
  constructor(
    private readonly db: Database.Database,
    private readonly clock: Clock | undefined,
    private readonly policy: CommitPolicy = GROUP_COMMIT,
  ) {
    const runAll = db.transaction((writes: readonly Write[]) => {
      for (const write of writes) write.run();
    });
    this.#runAll = (writes) => runAll.immediate(writes);
  }

  put(write: Write): void {
    this.#waiting.push(write);
    if (this.clock === undefined || this.#waiting.length >= this.policy.most) this.hurry();
    else this.#timer ??= this.clock.after(this.policy.within, () => this.flush());
  }

  /** Commits what waits when this turn of the event loop ends: what the same turn adds comes along. */
  hurry(): void {
    this.#turnEnd ??= setImmediate(() => this.flush());
  }

  /** Commits what waits, now. Never throws: each write hears for itself. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    clearImmediate(this.#turnEnd);
    this.#turnEnd = undefined;
    let waiting = this.#waiting;
    this.#waiting = [];
    while (waiting.length > 0) {
      const [now, rest] = [waiting.slice(0, this.policy.most), waiting.slice(this.policy.most)];
      const locked = this.#commit(now);
      // Each try on a locked store blocks the event loop for the patience of the connection.
      if (locked !== undefined) failAll(rest, locked);
      waiting = locked === undefined ? rest : [];
    }
  }

  /** @returns why, when the store is locked and no further write can succeed now. */
  #commit(writes: readonly Write[]): StoreError | undefined {
    if (writes.length === 1) return this.#oneByOne(writes);
    try {
      this.#runAll(writes);
    } catch (error) {
      const why = toStoreError(error, 'commit leg records');
      // A transaction that could not even be rolled back would swallow what is run in it.
      const hopeless = why.fault === 'busy' || this.db.inTransaction;
      if (!hopeless) return this.#oneByOne(writes);
      failAll(writes, why);
      return why;
    }
    for (const write of writes) write.done();
    return undefined;
  }

  /** Each write as its own transaction: one that cannot be written takes no other with it. */
  #oneByOne(writes: readonly Write[]): StoreError | undefined {
    for (const [at, write] of writes.entries()) {
      try {
        write.run();
      } catch (error) {
        const why = toStoreError(error, write.doing);
        write.failed(why);
        if (why.fault !== 'busy') continue;
        failAll(writes.slice(at + 1), why);
        return why;
      }
      write.done();
    }
    return undefined;
  }
}

function failAll(writes: readonly Write[], why: StoreError): void {
  for (const write of writes) write.failed(why);
}
