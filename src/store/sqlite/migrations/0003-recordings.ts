/**
 * - `recordings` is small beside its files; a deleted recording keeps its row, without its audio.
 * - Its texts are ids, DIDs and the tenant's own references and words; never a party's address.
 */
export const recordings = `
CREATE TABLE recordings (
  id              TEXT PRIMARY KEY,
  tenant          TEXT NOT NULL,
  call_id         TEXT NOT NULL,
  session_id      TEXT,
  case_reference  TEXT,
  agent_reference TEXT,
  dids            TEXT NOT NULL,
  tags            TEXT NOT NULL,
  consent_a       TEXT,
  consent_b       TEXT,
  started_by      TEXT NOT NULL,
  status          TEXT NOT NULL,
  reason          TEXT,
  started_at      INTEGER NOT NULL,
  ended_at        INTEGER,
  duration_ms     INTEGER,
  size            INTEGER,
  node            TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX recordings_by_tenant ON recordings (tenant, id);
CREATE INDEX recordings_by_call ON recordings (tenant, call_id, id);
CREATE INDEX recordings_by_session ON recordings (tenant, session_id, id)
  WHERE session_id IS NOT NULL;
CREATE INDEX recordings_unfinished ON recordings (node)
  WHERE status IN ('recording', 'paused', 'processing');

ALTER TABLE leg_records ADD COLUMN recording_id TEXT;
`;
