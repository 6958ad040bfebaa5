import type { CallId, Direction } from '../../domain/records/leg-record.js';
import type { Urgency } from '../house.js';
import type { Log } from '../ports/telemetry.js';
import type { SipCall } from '../ports/sip.js';
import type { LegLedger } from './leg-ledger.js';

/** A call as it grows: each step takes what is known and returns more. */
export interface CallUnderWay {
  readonly id: CallId;
  readonly direction: Direction;
  readonly urgency: Urgency;
  readonly sip: SipCall;
  readonly log: Log;
  readonly callerLedger: LegLedger;
}
