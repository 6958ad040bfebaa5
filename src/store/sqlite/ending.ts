import type { Instant } from '../../domain/time.js';
import type { SessionStatements } from './session-statements.js';

/** Ends an open session and frees its bindings. Inside a transaction of the caller. */
export function endSession(
  sql: SessionStatements,
  seq: number,
  how: 'closed' | 'expired',
  at: Instant,
): void {
  sql.end.run(how, at, seq);
  sql.unbind.run(seq);
}
