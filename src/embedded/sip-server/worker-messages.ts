import type { OfferedPort } from './wire/thread-port.js';

/** What the thread says about itself. */
export type FromWorker =
  | { readonly started: { readonly adminPort: number; readonly contacts: string[] } }
  | { readonly failed: string }
  /** How reading the TLS files again went. */
  | { readonly reloaded: 'good' | Error };

export type ToWorker = 'close' | 'reload tls' | OfferedPort;
