import { decide, type LegRuling } from '../../domain/consent/decide.js';
import type { ConsentRole } from '../../domain/consent/policy.js';
import {
  countryOfRegion,
  regionOf,
  UNKNOWN_REGION,
  type Region,
} from '../../domain/consent/region.js';
import { SipAddress } from '../../domain/numbers/party-address.js';
import type { Direction } from '../../domain/records/leg-record.js';
import type { Side } from './media-path.js';
import type { Route } from './route.js';

export type BothSides<T> = Readonly<Record<Side, T>>;

export const SIDES: readonly Side[] = ['caller', 'callee'];

/** Whether the tenant may ever record this call, on demand or always. */
export const mayBeRecorded = ({ tenant }: Route): boolean => tenant.recording.mode !== 'off';

/** What each party of a call is to be asked. */
export function rulingsFor(route: Route, direction: Direction): BothSides<LegRuling> {
  const roles = rolesOf(route, direction);
  const regions = [regionFor(route, 'caller', roles), regionFor(route, 'callee', roles)] as const;
  const common = { regions, policy: route.tenant.consent, recording: mayBeRecorded(route) };
  return {
    caller: decide({ role: roles.caller, other: roles.callee, ...common }),
    callee: decide({ role: roles.callee, other: roles.caller, ...common }),
  };
}

/** For language and tones; a party whose country nobody knows is treated as the tenant's own. */
export function countryOf({ tenant, ...parties }: Route, side: Side): string {
  const region = regionOf(parties[side], tenant.consent.home);
  return region === UNKNOWN_REGION ? tenant.country : countryOfRegion(region);
}

/** An extension of the tenant's own is at home; who else has a SIP address may be anywhere. */
const regionFor = (route: Route, side: Side, roles: BothSides<ConsentRole>): Region =>
  regionOf(route[side], roles[side] === 'agent' ? route.tenant.consent.home : UNKNOWN_REGION);

/** Who each party is to the tenant: behind the PBX are its own people. */
export function rolesOf({ trunk, caller }: Route, direction: Direction): BothSides<ConsentRole> {
  const behindPbx =
    direction === 'from_pbx' || (direction === 'from_api' && caller instanceof SipAddress);
  return {
    caller: behindPbx ? 'agent' : 'customer',
    callee: trunk.role === 'pbx' ? 'agent' : 'customer',
  };
}
