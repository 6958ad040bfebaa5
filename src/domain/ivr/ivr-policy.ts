import type { SipAddress } from '../numbers/party-address.js';
import type { NoWay } from '../sessions/resolve.js';
import type { Millis } from '../time.js';

/** How a tenant deals with callers whose call leads nowhere. */
export interface IvrPolicy {
  /** Whether such a call is refused, or answered and led. */
  readonly when: Readonly<Record<NoWay, 'refuse' | 'ivr'>>;
  readonly findBy: {
    /** The ended session of this very caller and DID. */
    readonly caller: boolean;
    /** A case number, and the PIN of one of its participants unless `caseSuffices`. */
    readonly case: boolean;
    /** The PIN of a participant who dials the DID that was called. */
    readonly pin: boolean;
  };
  /** A case number alone is proof enough. */
  readonly caseSuffices: boolean;
  readonly reopen: 'never' | 'expired' | 'ended';
  /** How long after its end a session may be reopened. */
  readonly reopenWithin: Millis;
  /** How long a reopened session lives. */
  readonly reopenFor: Millis;
  /** Who on the PBX takes callers that are not found; undefined: nobody. */
  readonly operator: SipAddress | undefined;
  /** How often one call may try. */
  readonly tries: number;
  /** Failed proofs after which a caller, and a DID, are locked. */
  readonly attemptsPerCaller: number;
  readonly attemptsPerDid: number;
  readonly lockFor: Millis;
  /** Length of the PINs that are made. */
  readonly pinDigits: number;
  /** ISO 639-1; undefined: that of the caller's country. */
  readonly language: string | undefined;
  readonly firstDigitWithin: Millis;
  readonly nextDigitWithin: Millis;
}
