import { isE164, type Did } from '../../domain/numbers/did.js';
import { instant, type Instant } from '../../domain/time.js';
import { StoreError } from '../../flows/ports/store-error.js';

/** Sorts after every id: the cursor of the first page. */
export const NO_CURSOR = '~';

/**
 * Reads one row without trusting it: a file can be edited, restored in part, or broken by a disk.
 * Whatever is not what we wrote is a StoreError that names the column; values are never in it.
 */
export class Columns {
  readonly #table: string;
  readonly #row: Readonly<Record<string, unknown>>;

  constructor(table: string, row: unknown) {
    if (typeof row !== 'object' || row === null) throw corrupt(table, 'row');
    this.#table = table;
    this.#row = row as Record<string, unknown>;
  }

  text(column: string): string {
    const value = this.#row[column];
    return typeof value === 'string' && value !== '' ? value : this.#fail(column);
  }

  optionalText(column: string): string | undefined {
    return this.#absent(column) ? undefined : this.text(column);
  }

  integer(column: string): number {
    const value = this.#row[column];
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : this.#fail(column);
  }

  optionalInteger(column: string): number | undefined {
    return this.#absent(column) ? undefined : this.integer(column);
  }

  instant(column: string): Instant {
    return instant(this.integer(column));
  }

  optionalInstant(column: string): Instant | undefined {
    return this.#absent(column) ? undefined : this.instant(column);
  }

  /** An id with the prefix of its kind. */
  id(column: string, kind: string): string {
    const value = this.text(column);
    return value.startsWith(`${kind}_`) ? value : this.#fail(column);
  }

  optionalId(column: string, kind: string): string | undefined {
    return this.#absent(column) ? undefined : this.id(column, kind);
  }

  did(column: string): Did {
    const value = this.text(column);
    return isE164(value) ? (value as Did) : this.#fail(column);
  }

  optionalDid(column: string): Did | undefined {
    return this.#absent(column) ? undefined : this.did(column);
  }

  oneOf<T extends string>(column: string, words: ReadonlySet<T>): T {
    const value = this.text(column);
    return isOneOf(value, words) ? value : this.#fail(column);
  }

  optionalOneOf<T extends string>(column: string, words: ReadonlySet<T>): T | undefined {
    return this.#absent(column) ? undefined : this.oneOf(column, words);
  }

  /** A JSON list of texts, each of which is `fit`. */
  texts(column: string, fit: (text: string) => boolean): readonly string[] {
    const list = parsed(this.text(column));
    const whole = Array.isArray(list) && list.every((one) => typeof one === 'string' && fit(one));
    return whole ? (list as string[]) : this.#fail(column);
  }

  bytes(column: string): Uint8Array {
    const value = this.#row[column];
    return value instanceof Uint8Array ? value : this.#fail(column);
  }

  #absent(column: string): boolean {
    return this.#row[column] === null;
  }

  #fail(column: string): never {
    throw corrupt(this.#table, column);
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isOneOf<T extends string>(value: string, words: ReadonlySet<T>): value is T {
  return (words as ReadonlySet<string>).has(value);
}

function corrupt(table: string, column: string): StoreError {
  return new StoreError('corrupt', `a row of ${table} is not what was written: ${column}`);
}
