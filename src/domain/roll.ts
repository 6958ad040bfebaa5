/**
 * Who is there just now, by id: calls under way, records that wait. A Map in which entries come and
 * go is rebuilt every few of them, and V8 links each former table to its successor: once one of them
 * has grown old, all that follow are kept, with whatever stood in them, until the next full
 * collection: of each call some 30 KB, which the collector first copied twice. A dictionary leaves
 * no such trail (docs/performance.md).
 */
export class Roll<Id extends string, Entry extends object | string | number> {
  readonly #entries = Object.create(null) as Partial<Record<Id, Entry>>;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: Id): Entry | undefined {
    return this.#entries[id];
  }

  has(id: Id): boolean {
    // Not `in`, which asks the runtime; no entry is undefined.
    return this.#entries[id] !== undefined;
  }

  set(id: Id, entry: Entry): this {
    if (!this.has(id)) this.#size += 1;
    this.#entries[id] = entry;
    return this;
  }

  delete(id: Id): boolean {
    if (!this.has(id)) return false;
    Reflect.deleteProperty(this.#entries, id);
    this.#size -= 1;
    return true;
  }

  keys(): Id[] {
    return Object.keys(this.#entries) as Id[];
  }

  /** As they are now, oldest first; whoever comes or goes meanwhile changes nothing in it. */
  [Symbol.iterator](): Iterator<[Id, Entry]> {
    return (Object.entries(this.#entries) as [Id, Entry][])[Symbol.iterator]();
  }

  forEach(tell: (entry: Entry, id: Id) => void): void {
    for (const [id, entry] of this) tell(entry, id);
  }
}
