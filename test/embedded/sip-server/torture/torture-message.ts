import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One message that an RFC gives for testing, and what becomes of it.
 * The bytes lie in `<rfc>/<name>.dat`, under the RFC's own name for them.
 */
export interface TortureMessage {
  readonly rfc: 'rfc4475' | 'rfc5118';
  readonly section: string;
  readonly name: string;
  /** What is odd about it, in the RFC's words. */
  readonly title: string;
  /** Well formed; or what it is refused with; `dropped` when nothing can be answered. */
  readonly parser: 'valid' | 'dropped' | 400 | 505;
  /**
   * What the running engine does with its datagram: a status it answers by itself, `silence`, or
   * `handled` when it is the application that answers.
   */
  readonly engine: number | 'silence' | 'handled';
  /**
   * What becomes of a stream it comes on, if the next message is not read as well: `closed`, because
   * nobody knows where that begins, or `waits` for more of this one.
   */
  readonly stream?: 'closed' | 'waits';
  /** What the daemon answers to it from a trunk of its own. */
  readonly daemon: number | 'silence';
}

/** A row of a table: section, name, title, parser, engine, daemon; then what is rare. */
export type Row = readonly [
  section: string,
  name: string,
  title: string,
  parser: TortureMessage['parser'],
  engine: TortureMessage['engine'],
  daemon: TortureMessage['daemon'],
  stream?: TortureMessage['stream'],
];

export function readTable(rfc: TortureMessage['rfc'], rows: readonly Row[]): TortureMessage[] {
  return rows.map(([section, name, title, parser, engine, daemon, stream]) => ({
    ...{ rfc, section, name, title, parser, engine, daemon },
    ...(stream === undefined ? {} : { stream }),
  }));
}

export function bytesOf({ rfc, name }: Pick<TortureMessage, 'rfc' | 'name'>): Buffer {
  return readFileSync(join(import.meta.dirname, rfc, `${name}.dat`));
}
