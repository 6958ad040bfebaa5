import type { OfferedPort } from './wire/thread-port.js';
import type { Vitals } from './admission/vitals.js';

/** What the thread says about itself. */
export type FromWorker =
  | { readonly started: { readonly adminPort: number; readonly contacts: string[] } }
  | { readonly failed: string }
  /** How reading the TLS files again went. */
  | { readonly reloaded: 'good' | Error }
  | { readonly vitals: Vitals };

/** `noted`: the last vitals have been taken, the next may come. */
export type ToWorker = 'close' | 'reload tls' | 'noted' | OfferedPort;
