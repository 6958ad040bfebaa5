/**
 * - `consent_decisions` is written to and never changed: what was asked of whom by which rule, and
 *   what came of it. It holds regions and no parties.
 */
export const consent = `
ALTER TABLE leg_records ADD COLUMN consent_outcome TEXT;

CREATE TABLE consent_decisions (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  tenant  TEXT NOT NULL,
  call_id TEXT NOT NULL,
  leg     TEXT NOT NULL,
  role    TEXT NOT NULL,
  region  TEXT NOT NULL,
  rule    TEXT NOT NULL,
  mode    TEXT NOT NULL,
  measure TEXT NOT NULL,
  outcome TEXT NOT NULL
) STRICT;

CREATE INDEX consent_decisions_by_call ON consent_decisions (tenant, call_id);

CREATE TRIGGER consent_decisions_stay BEFORE UPDATE ON consent_decisions
BEGIN SELECT RAISE(ABORT, 'a consent decision is never changed'); END;

CREATE TRIGGER consent_decisions_are_kept BEFORE DELETE ON consent_decisions
BEGIN SELECT RAISE(ABORT, 'a consent decision is never removed'); END;
`;
