import type Database from 'better-sqlite3';
import { SESSION_COLUMNS } from './session-rows.js';

const ALL = `SELECT s.* FROM sessions s`;
const PAGE = `AND s.id < ? ORDER BY s.id DESC LIMIT ?`;

/** Every statement over sessions and bindings, prepared once. Their plans are held by a test. */
export const SESSION_SQL = {
  insert: `INSERT INTO sessions (${SESSION_COLUMNS.join(', ')})
    VALUES (${SESSION_COLUMNS.map(() => '?').join(', ')})`,
  reopen: `UPDATE sessions SET status = 'open', closed_at = NULL, expires_at = @expiresAt,
    a_did = @a, b_did = @b WHERE seq = @seq`,
  end: `UPDATE sessions SET status = ?, closed_at = ? WHERE seq = ? AND status = 'open'`,

  bind: `INSERT INTO bindings (tenant, party_key, did, session, expires_at) VALUES (?, ?, ?, ?, ?)`,
  unbind: `DELETE FROM bindings WHERE session = ?`,
  bindingsOf: `SELECT did, session, expires_at FROM bindings WHERE tenant = ? AND party_key = ?`,

  byId: `${ALL} WHERE s.tenant = ? AND s.id = ?`,
  byLiveBinding: `${ALL} JOIN bindings b ON b.session = s.seq
    WHERE b.tenant = ? AND b.party_key = ? AND b.did = ?`,
  byPastBinding: `${ALL} WHERE s.seq = (SELECT max(seq) FROM (
    SELECT max(seq) AS seq FROM sessions WHERE tenant = @tenant AND a_key = @party AND a_did = @did
    UNION ALL
    SELECT max(seq) AS seq FROM sessions WHERE tenant = @tenant AND b_key = @party AND b_did = @did))`,
  between: `${ALL} WHERE s.tenant = @tenant AND s.status = 'open'
    AND min(s.a_key, s.b_key) = min(@a, @b) AND max(s.a_key, s.b_key) = max(@a, @b)
    AND (s.expires_at IS NULL OR s.expires_at > @at) ORDER BY s.id DESC LIMIT 1`,
  openByReference: `${ALL} WHERE s.tenant = ? AND s.reference = ? AND s.status = 'open'
    ORDER BY s.id DESC LIMIT 1`,
  byReference: `${ALL} WHERE s.tenant = ? AND s.reference = ? ORDER BY s.id DESC LIMIT 1`,

  byCaseNumber: `${ALL} WHERE s.tenant = ? AND s.case_number = ? ORDER BY s.id DESC LIMIT ?`,
  withPinOn: `${ALL} WHERE s.seq IN (
    SELECT seq FROM (SELECT seq, id FROM sessions
      WHERE tenant = @tenant AND a_did = @did AND a_pin IS NOT NULL ORDER BY id DESC LIMIT @limit)
    UNION ALL
    SELECT seq FROM (SELECT seq, id FROM sessions
      WHERE tenant = @tenant AND b_did = @did AND b_pin IS NOT NULL ORDER BY id DESC LIMIT @limit)
    ) ORDER BY s.id DESC LIMIT @limit`,

  page: `${ALL} WHERE s.tenant = ? ${PAGE}`,
  pageByStatus: `${ALL} WHERE s.tenant = ? AND s.status = ? ${PAGE}`,
  pageByReference: `${ALL} WHERE s.tenant = ? AND s.reference = ? ${PAGE}`,
  pageByBoth: `${ALL} WHERE s.tenant = ? AND s.reference = ? AND s.status = ? ${PAGE}`,

  due: `SELECT seq, expires_at FROM sessions
    WHERE status = 'open' AND expires_at IS NOT NULL AND expires_at <= ?
    ORDER BY expires_at LIMIT ?`,
  seqOf: `SELECT seq FROM sessions WHERE tenant = ? AND id = ? AND status = 'open'`,
  anySeqOf: `SELECT seq FROM sessions WHERE tenant = ? AND id = ?`,
} as const;

export type SessionStatements = Readonly<Record<keyof typeof SESSION_SQL, Database.Statement>>;

export function prepareSessions(db: Database.Database): SessionStatements {
  const prepared = Object.entries(SESSION_SQL).map(([name, sql]) => [name, db.prepare(sql)]);
  return Object.fromEntries(prepared) as SessionStatements;
}
