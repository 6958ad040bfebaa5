import { CallRefused } from '../../domain/calls/verdict.js';
import type { Trunk } from '../../domain/identity/trunk.js';
import { isEmergencyCall } from '../../domain/numbers/emergency.js';
import { RealNumber } from '../../domain/numbers/real-number.js';
import type { Tenant } from '../../domain/sessions/tenant.js';
import type { House } from '../house.js';
import type { Arrival } from '../ports/sip.js';
import type { CallUnderWay } from './call-under-way.js';

export interface EmergencyRoute {
  readonly tenant: Tenant;
  readonly trunk: Trunk;
}

/**
 * Where an emergency call goes. It never goes through masking: the caller ID and the location must
 * reach the call centre as they are, or the caller must hear at once that this is not the way.
 * @throws CallRefused (emergency-refused) unless the tenant has an emergency trunk.
 */
export function emergencyRoute(call: CallUnderWay, house: House): EmergencyRoute {
  const tenant = tenantOf(call.sip.arrival, house);
  if (tenant?.emergency.action !== 'route') throw new CallRefused('emergency-refused');
  const trunk = house.directory.trunk(tenant.emergency.trunk);
  if (trunk === undefined) throw new CallRefused('emergency-refused');
  call.log.warn('Emergency call goes unmasked to the emergency trunk', { trunk: trunk.name });
  return { tenant, trunk };
}

/** By the numbers of every country that has to do with the call, and those that the tenant adds. */
export function isEmergency(arrival: Arrival, house: Pick<House, 'directory'>): boolean {
  const tenant = tenantOf(arrival, house);
  const countries = [
    arrival.trunk.country,
    ...(tenant ? [tenant.country] : []),
    ...arrival.callers.flatMap((caller) =>
      caller instanceof RealNumber && caller.country !== undefined ? [caller.country] : [],
    ),
  ];
  const extra = tenant ? tenant.emergencyNumbers : [];
  return isEmergencyCall(arrival.dialed, countries, extra);
}

const tenantOf = (
  { trunk }: Arrival,
  { directory }: Pick<House, 'directory'>,
): Tenant | undefined => (trunk.tenant === undefined ? undefined : directory.tenant(trunk.tenant));
