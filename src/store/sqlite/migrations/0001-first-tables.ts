/**
 * Rules of the tables:
 * - `sessions` is the history of all sessions, each whole in one row, so that a call reads one row.
 * - `bindings` holds only what is live. Its primary key is the hard rule of the product: a party
 *   and a DID name at most one live session. It stays small however long the history grows.
 * - `leg_records` has as few indexes as its readers allow: it is written about six times a call.
 * - Columns hold vault references, keyed hashes, partial masks and DIDs; never a party's address.
 */
export const firstTables = `
CREATE TABLE sessions (
  seq          INTEGER PRIMARY KEY,
  id           TEXT NOT NULL,
  tenant       TEXT NOT NULL,
  kind         TEXT NOT NULL,
  reference    TEXT,
  status       TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  closed_at    INTEGER,
  a_id         TEXT NOT NULL,
  a_ref        TEXT NOT NULL,
  a_key        TEXT NOT NULL,
  a_mask       TEXT NOT NULL,
  a_reached_by TEXT NOT NULL,
  a_reference  TEXT,
  a_did        TEXT NOT NULL,
  b_id         TEXT NOT NULL,
  b_ref        TEXT NOT NULL,
  b_key        TEXT NOT NULL,
  b_mask       TEXT NOT NULL,
  b_reached_by TEXT NOT NULL,
  b_reference  TEXT,
  b_did        TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX sessions_by_id ON sessions (tenant, id);
CREATE INDEX sessions_by_status ON sessions (tenant, status, id);
CREATE INDEX sessions_by_reference ON sessions (tenant, reference, status, id)
  WHERE reference IS NOT NULL;
-- A late callback: the newest session, ended or not, of a party and a DID.
CREATE INDEX sessions_by_a ON sessions (tenant, a_key, a_did);
CREATE INDEX sessions_by_b ON sessions (tenant, b_key, b_did);
-- The pair in either order.
CREATE INDEX sessions_between ON sessions (tenant, min(a_key, b_key), max(a_key, b_key), id)
  WHERE status = 'open';
CREATE INDEX sessions_due ON sessions (expires_at)
  WHERE status = 'open' AND expires_at IS NOT NULL;

CREATE TABLE bindings (
  tenant     TEXT NOT NULL,
  party_key  TEXT NOT NULL,
  did        TEXT NOT NULL,
  session    INTEGER NOT NULL REFERENCES sessions (seq),
  expires_at INTEGER,
  PRIMARY KEY (tenant, party_key, did)
) STRICT, WITHOUT ROWID;

CREATE INDEX bindings_by_session ON bindings (session);

CREATE TABLE parties (
  tenant      TEXT NOT NULL,
  ref         TEXT NOT NULL,
  party_key   TEXT NOT NULL,
  key_version INTEGER NOT NULL,
  sealed      BLOB NOT NULL,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (tenant, ref)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX parties_by_key ON parties (tenant, party_key);

CREATE TABLE leg_records (
  seq            INTEGER PRIMARY KEY,
  leg_id         TEXT NOT NULL UNIQUE,
  call_id        TEXT NOT NULL,
  leg            TEXT NOT NULL,
  direction      TEXT NOT NULL,
  tenant         TEXT,
  session_id     TEXT,
  trunk          TEXT,
  party_ref      TEXT,
  proxy_number   TEXT,
  remote_country TEXT,
  sip_call_id    TEXT NOT NULL,
  started_at     INTEGER NOT NULL,
  ringing_at     INTEGER,
  answered_at    INTEGER,
  ended_at       INTEGER,
  status         TEXT NOT NULL,
  ended_by       TEXT,
  sip_status     INTEGER,
  q850_cause     INTEGER,
  result         TEXT,
  reason         TEXT,
  node           TEXT NOT NULL
) STRICT;

CREATE INDEX leg_records_by_call ON leg_records (tenant, call_id) WHERE tenant IS NOT NULL;
CREATE INDEX leg_records_by_session ON leg_records (tenant, session_id, call_id)
  WHERE session_id IS NOT NULL;
CREATE INDEX leg_records_open ON leg_records (node) WHERE ended_at IS NULL;

-- One row that the health probe writes, so that a full or read-only disk is seen before a call.
-- After a crash it tells how long the process was alive, and so how long its calls can have talked.
CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), last_alive INTEGER) STRICT;
INSERT INTO probe VALUES (1, NULL);
`;
