import type Database from 'better-sqlite3';
import type { LegId } from '../../domain/records/leg-record.js';
import type { LegUpdate } from '../../flows/ports/records.js';
import { LEG_COLUMNS, UPDATABLE } from './leg-rows.js';

/** A call's story has about six shapes of update; more than this is a caller gone wrong. */
const MOST_SHAPES = 128;

/**
 * Writes the fields that are present and no others: an index is only touched when one of its
 * columns is named. There is one prepared statement for each set of fields, made on first use.
 * An ended record is left alone, and so is one that is not there.
 */
export function legUpdater(db: Database.Database): (legId: LegId, change: LegUpdate) => void {
  const byShape = new Map<number, Database.Statement>();

  const statementFor = (shape: number, columns: readonly string[]): Database.Statement => {
    const known = byShape.get(shape);
    if (known !== undefined) return known;
    if (byShape.size >= MOST_SHAPES) byShape.clear();
    const sets = columns.map((column) => `${column} = ?`).join(', ');
    const statement = db.prepare(
      `UPDATE leg_records SET ${sets} WHERE leg_id = ? AND ended_at IS NULL`,
    );
    byShape.set(shape, statement);
    return statement;
  };

  return (legId, change) => {
    let shape = 0;
    const columns: string[] = [];
    const values: (string | number)[] = [];
    for (const [bit, field] of UPDATABLE.entries()) {
      const value = change[field];
      if (value === undefined) continue;
      shape |= 1 << bit;
      columns.push(LEG_COLUMNS[field]);
      values.push(value);
    }
    if (shape !== 0) statementFor(shape, columns).run(...values, legId);
  };
}
