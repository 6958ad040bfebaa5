/** What the thread says about itself. */
export type FromWorker =
  | { readonly started: { readonly adminPort: number; readonly contacts: string[] } }
  | { readonly failed: string };

export type ToWorker = 'close';
