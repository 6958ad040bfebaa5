import type { Trunk } from '../../domain/identity/trunk.js';
import type { Did } from '../../domain/numbers/did.js';
import type { PartyAddress } from '../../domain/numbers/party-address.js';
import type { PartyRef, SessionId } from '../../domain/sessions/session.js';
import type { Tenant } from '../../domain/sessions/tenant.js';

/** Who is to be reached, and what each side sees. */
export interface Route {
  readonly tenant: Tenant;
  /** Undefined when an agent dials a raw number for which no session exists. */
  readonly sessionId: SessionId | undefined;
  /** The trunk on which the callee is reached. */
  readonly trunk: Trunk;
  /** Undefined when an agent who shows no address dials a raw number. */
  readonly caller: PartyAddress | undefined;
  readonly callee: PartyAddress;
  readonly calleeRef: PartyRef;
  readonly callerRef: PartyRef | undefined;
  /** The caller dialed the callee's own number. */
  readonly dialedRaw: boolean;
  /** The DID that the callee sees. */
  readonly shownToCallee: Did;
  /** The DID that stands for the callee on the caller's leg. */
  readonly shownToCaller: Did;
}
