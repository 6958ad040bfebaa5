/**
 * What kept the store from answering:
 * - busy: another process held the lock for longer than we wait;
 * - full: no room left on the disk;
 * - corrupt: the file, or one row of it, is not what we wrote;
 * - conflict: the row exists already;
 * - unavailable: anything else, such as a closed or unreachable store.
 */
export type StoreFault = 'busy' | 'full' | 'corrupt' | 'conflict' | 'unavailable';

/** The store could not answer; calls that need it are refused. No row's content is in the message. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly fault: StoreFault;

  constructor(fault: StoreFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}
