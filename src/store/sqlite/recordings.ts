import type Database from 'better-sqlite3';
import type { Recording } from '../../domain/recordings/recording.js';
import type { RecordingId } from '../../domain/recordings/recording-id.js';
import {
  nextRecording,
  UNFINISHED,
  type RecordingEvent,
} from '../../domain/recordings/recording-state.js';
import type { RecordingFilter, RecordingStore } from '../../flows/ports/recordings.js';
import { NO_CURSOR } from './columns.js';
import { attempt } from './errors.js';
import { RECORDING_COLUMNS, recordingFrom, recordingValues } from './recording-rows.js';

const NEWEST_FIRST = 'AND id < @before ORDER BY id DESC LIMIT @limit';

/** The statements; their plans are held by a test. */
export const RECORDING_SQL = {
  insert: `INSERT INTO recordings (${RECORDING_COLUMNS.join(', ')})
    VALUES (${RECORDING_COLUMNS.map(() => '?').join(', ')})`,
  change: `UPDATE recordings SET status = ?, reason = ?, ended_at = ?, duration_ms = ?, size = ?
    WHERE id = ?`,
  byId: `SELECT * FROM recordings WHERE id = ?`,
  page: `SELECT * FROM recordings WHERE tenant = @tenant ${NEWEST_FIRST}`,
  pageByCall: `SELECT * FROM recordings WHERE tenant = @tenant AND call_id = @callId ${NEWEST_FIRST}`,
  pageBySession: `SELECT * FROM recordings
    WHERE tenant = @tenant AND session_id = @sessionId ${NEWEST_FIRST}`,
  pageByBoth: `SELECT * FROM recordings
    WHERE tenant = @tenant AND call_id = @callId AND session_id = @sessionId ${NEWEST_FIRST}`,
  unfinished: `SELECT * FROM recordings
    WHERE node = ? AND status IN (${UNFINISHED.map((word) => `'${word}'`).join(', ')}) ORDER BY id`,
} as const;

export function sqliteRecordings(db: Database.Database): RecordingStore {
  const insert = db.prepare(RECORDING_SQL.insert);
  const byId = db.prepare(RECORDING_SQL.byId);
  const unfinished = db.prepare(RECORDING_SQL.unfinished);
  const page = pager(db);
  const advance = advancer(db);
  const find = (id: RecordingId): Recording | undefined => {
    const row = byId.get(id);
    return row === undefined ? undefined : recordingFrom(row);
  };

  return {
    add: (recording) =>
      attempt('add recording', () => void insert.run(...recordingValues(recording))),
    advance: (id, event) => attempt('change recording', () => advance(id, event)),
    find: (tenant, id) =>
      attempt('find recording', () => {
        const found = find(id);
        return found?.tenant === tenant ? found : undefined;
      }),
    list: (filter) => attempt('list recordings', () => page(filter).map(recordingFrom)),
    unfinished: (node) =>
      attempt('list unfinished recordings', () => unfinished.all(node).map(recordingFrom)),
    owner: (id) => attempt('find recording', () => find(id)),
  };
}

/** Read, step and write under the write lock, so that two steps at once take two steps. */
function advancer(
  db: Database.Database,
): (id: RecordingId, event: RecordingEvent) => Recording | undefined {
  const byId = db.prepare(RECORDING_SQL.byId);
  const change = db.prepare(RECORDING_SQL.change);
  const advance = db.transaction((id: RecordingId, event: RecordingEvent) => {
    const row = byId.get(id);
    const next = row === undefined ? undefined : nextRecording(recordingFrom(row), event);
    if (next === undefined) return undefined;
    const { status, reason, endedAt, duration, size } = next;
    change.run(status, reason ?? null, endedAt ?? null, duration ?? null, size ?? null, id);
    return next;
  });
  return (id, event) => advance.immediate(id, event);
}

function pager(db: Database.Database): (filter: RecordingFilter) => unknown[] {
  const all = db.prepare(RECORDING_SQL.page);
  const ofCall = db.prepare(RECORDING_SQL.pageByCall);
  const ofSession = db.prepare(RECORDING_SQL.pageBySession);
  const ofBoth = db.prepare(RECORDING_SQL.pageByBoth);
  return ({ before = NO_CURSOR, ...filter }) => {
    const { callId, sessionId } = filter;
    const named = { ...filter, before };
    if (callId !== undefined) return (sessionId === undefined ? ofCall : ofBoth).all(named);
    return (sessionId === undefined ? all : ofSession).all(named);
  };
}
