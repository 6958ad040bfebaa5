import { CallRefused } from '../../domain/calls/verdict.js';
import type { PartyAddress } from '../../domain/numbers/party-address.js';
import type { Claim } from '../../domain/sessions/claim.js';
import type { PartyKey, TenantId } from '../../domain/sessions/session.js';
import type { Tenant } from '../../domain/sessions/tenant.js';
import type { House } from '../house.js';
import type { CallUnderWay } from './call-under-way.js';
import type { Route } from './route.js';

/** A caller as the trunk named them, with the key under which sessions know them. */
export interface Caller {
  readonly address: PartyAddress;
  readonly key: PartyKey;
}

/** Each address that the trunk gives of the caller, best evidence first. */
export function callersOf(call: CallUnderWay, tenant: TenantId, house: House): Caller[] {
  return call.sip.arrival.callers.map((address) => ({
    address,
    key: house.vault.keyOf(tenant, address),
  }));
}

/**
 * From a participant to the other one of its session.
 * @param address from which the caller calls; undefined: it withholds that.
 */
export async function routeTo(
  call: CallUnderWay,
  tenant: Tenant,
  address: PartyAddress | undefined,
  { session, callee, caller }: Claim,
  house: House,
): Promise<Route> {
  const name = callee.reachedBy === 'carrier' ? tenant.carrierTrunk : tenant.pbxTrunk;
  const trunk = house.directory.trunk(name);
  if (trunk === undefined) throw new CallRefused('no-route', `trunk ${name} is not configured`);
  // A participant on an unknown telephone is who it is, and is not at the address that is sealed.
  const own = address !== undefined && house.vault.keyOf(tenant.id, address) === caller.partyKey;
  const callerRef = own ? caller.partyRef : undefined;
  call.callerLedger.know({
    tenant: tenant.id,
    sessionId: session.id,
    partyRef: callerRef,
    proxyNumber: caller.proxyNumber,
  });
  return {
    tenant,
    sessionId: session.id,
    trunk,
    caller: address,
    callee: await house.vault.reveal(tenant.id, callee.partyRef, 'address-leg'),
    calleeRef: callee.partyRef,
    callerRef,
    dialedRaw: false,
    shownToCallee: callee.proxyNumber,
    shownToCaller: caller.proxyNumber,
  };
}
