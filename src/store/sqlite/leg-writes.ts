import type Database from 'better-sqlite3';
import type { LegId, LegRecord } from '../../domain/records/leg-record.js';
import { Roll } from '../../domain/roll.js';
import type { LegRecords, LegUpdate } from '../../flows/ports/records.js';
import type { StoreError } from '../../flows/ports/store-error.js';
import type { GroupCommit, Write } from './group-commit.js';
import { LEG_COLUMNS, LEG_FIELDS } from './leg-rows.js';
import { legUpdater } from './leg-updates.js';

const COLUMNS = LEG_FIELDS.map((field) => LEG_COLUMNS[field]);

export const INSERT_LEG = `INSERT INTO leg_records (${COLUMNS.join(', ')})
    VALUES (${COLUMNS.map(() => '?').join(', ')})`;

type LegWriter = Pick<LegRecords, 'start' | 'update' | 'end'>;

/**
 * Whose record somebody waits for: the callee is dialed when the start of its leg is safe, and with
 * it, as all that came before, the start of the caller's leg. Nothing else holds up a call.
 */
const IN_A_HURRY: Readonly<Record<LegRecord['leg'], boolean>> = {
  a: false,
  b: true,
  ivr: false,
};

/**
 * The writes of leg records, committed in groups and in order. What is told of one leg while it
 * waits becomes one statement.
 */
export function legWriter(db: Database.Database, group: GroupCommit): LegWriter {
  const insert = db.prepare(INSERT_LEG);
  const update = legUpdater(db);
  const waiting = new Roll<LegId, WaitingChange>();

  const start = (leg: LegRecord): Promise<void> =>
    new Promise((done, failed) => {
      const values = LEG_FIELDS.map((field) => leg[field] ?? null);
      group.put({ doing: 'start leg record', run: () => insert.run(values), done, failed });
      if (IN_A_HURRY[leg.leg]) group.hurry();
    });

  const change = (legId: LegId, told: LegUpdate): Promise<void> => {
    let write = waiting.get(legId);
    if (write === undefined) {
      write = new WaitingChange(legId, update, () => waiting.delete(legId));
      waiting.set(legId, write);
      group.put(write);
    }
    return write.add(told);
  };

  return { start, update: change, end: change };
}

/** What was told of one leg since the last commit. */
class WaitingChange implements Write {
  readonly doing = 'update leg record';
  readonly #told: LegUpdate = {};
  readonly #written: Promise<void>;
  #settle!: { readonly done: () => void; readonly failed: (why: StoreError) => void };

  constructor(
    private readonly legId: LegId,
    private readonly write: (legId: LegId, change: LegUpdate) => void,
    private readonly over: () => void,
  ) {
    this.#written = new Promise((done, failed) => (this.#settle = { done, failed }));
  }

  add(told: LegUpdate): Promise<void> {
    // An ended record is never changed again, so what comes after the end is as good as written.
    if (this.#told.endedAt === undefined) Object.assign(this.#told, said(told));
    return this.#written;
  }

  run(): void {
    this.write(this.legId, this.#told);
  }

  done(): void {
    this.over();
    this.#settle.done();
  }

  failed(why: StoreError): void {
    this.over();
    this.#settle.failed(why);
  }
}

/** Undefined means "not said": it must not undo what was said before. */
const said = (change: LegUpdate): LegUpdate =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
