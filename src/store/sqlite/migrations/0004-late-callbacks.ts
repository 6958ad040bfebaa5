/**
 * - `case_number`: the digits of the reference, as a caller may type them. Of sessions that were
 *   opened before, only references that are digits alone can be typed.
 * - `a_pin`, `b_pin`: keyed hashes of PINs, each with its participant; never a PIN.
 */
export const lateCallbacks = `
ALTER TABLE sessions ADD COLUMN case_number TEXT;
ALTER TABLE sessions ADD COLUMN a_pin TEXT;
ALTER TABLE sessions ADD COLUMN b_pin TEXT;

UPDATE sessions SET case_number = reference
  WHERE reference NOT GLOB '*[^0-9]*' AND length(reference) BETWEEN 4 AND 20;

CREATE INDEX sessions_by_case ON sessions (tenant, case_number, id)
  WHERE case_number IS NOT NULL;
-- Whoever dials this DID and has a PIN.
CREATE INDEX sessions_pin_a ON sessions (tenant, a_did, id) WHERE a_pin IS NOT NULL;
CREATE INDEX sessions_pin_b ON sessions (tenant, b_did, id) WHERE b_pin IS NOT NULL;
`;
