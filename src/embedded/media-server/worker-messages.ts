import type { MediaServerPorts } from './options.js';

/** What the thread says about itself. */
export type FromWorker = { readonly started: MediaServerPorts } | { readonly failed: string };

export type ToWorker = 'close';
