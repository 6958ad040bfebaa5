import type { Did } from '../../domain/numbers/did.js';
import type { Claim } from '../../domain/sessions/claim.js';
import type { NoWay } from '../../domain/sessions/resolve.js';
import type { Tenant } from '../../domain/sessions/tenant.js';
import type { Route } from './route.js';

/** A call that leads nowhere, and whose caller the tenant wants answered. */
export interface LateCall {
  readonly late: NoWay;
  readonly tenant: Tenant;
  readonly dialed: Did;
  /** The ended session of this very caller and DID. */
  readonly former: Claim | undefined;
}

export const isLate = (found: Route | LateCall): found is LateCall => 'late' in found;
