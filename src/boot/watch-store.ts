import { seconds, type Clock, type Timer } from '../domain/time.js';
import type { Metrics } from '../flows/ports/telemetry.js';
import type { SqliteStore } from '../store/sqlite/open.js';

export interface StoreWatch {
  /** Whether the last look found the store writable. */
  up(): boolean;
  stop(): void;
}

const EVERY = seconds(2);

/**
 * Writes to the store again and again: to see that it can be written, and to leave behind how long
 * this process was alive, which bounds the talking time of calls that a crash cuts off.
 */
export function watchStore(store: SqliteStore, clock: Clock, metrics: Metrics): StoreWatch {
  let up = true;
  let timer: Timer | undefined;
  const look = (): void => {
    up = store.probe(clock.now());
    metrics.dependency('store', up);
    timer = clock.after(EVERY, look);
  };
  look();
  return { up: () => up, stop: () => timer?.cancel() };
}
