import type { Address } from './address.js';

/** A phone's socket. */
export interface Wire {
  readonly protocol: 'udp' | 'tcp';
  readonly local: Address;
  send(bytes: Buffer, to: Address): void;
  close(): Promise<void>;
}

export type OnBytes = (bytes: Buffer, from: Address) => void;
