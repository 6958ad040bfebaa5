/** Where and what the guard found; never the value. */
export interface Leak {
  readonly field: 'start-line' | 'header' | 'body';
  /** Name of the header field, when it is a plain name and not where the find was. */
  readonly headerName?: string;
  readonly kind: 'number' | 'name' | 'address' | 'call-id' | 'tag';
}
