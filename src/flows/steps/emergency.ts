import { CallRefused } from '../../domain/calls/verdict.js';
import type { Trunk } from '../../domain/identity/trunk.js';
import { isEmergencyCall } from '../../domain/numbers/emergency.js';
import { RealNumber } from '../../domain/numbers/real-number.js';
import type { Tenant } from '../../domain/sessions/tenant.js';
import type { House } from '../house.js';
import type { CallUnderWay } from './call-under-way.js';

export interface EmergencyRoute {
  readonly tenant: Tenant;
  readonly trunk: Trunk;
}

/**
 * Emergency numbers never go through masking: the caller ID and the location must reach the call
 * centre as they are, or the caller must hear at once that this is not the way.
 * @returns undefined when this is no emergency call.
 * @throws CallRefused (emergency-refused) unless the tenant has an emergency trunk.
 */
export function findEmergencyRoute(call: CallUnderWay, house: House): EmergencyRoute | undefined {
  const { arrival } = call.sip;
  const tenant = arrival.trunk.tenant && house.directory.tenant(arrival.trunk.tenant);
  const countries = [
    arrival.trunk.country,
    ...(tenant ? [tenant.country] : []),
    ...arrival.callers.flatMap((caller) =>
      caller instanceof RealNumber && caller.country !== undefined ? [caller.country] : [],
    ),
  ];
  const extra = tenant ? tenant.emergencyNumbers : [];
  if (!isEmergencyCall(arrival.dialed, countries, extra)) return undefined;
  if (!tenant || tenant.emergency.action === 'refuse') throw new CallRefused('emergency-refused');
  const trunk = house.directory.trunk(tenant.emergency.trunk);
  if (trunk === undefined) throw new CallRefused('emergency-refused');
  call.log.warn('Emergency call goes unmasked to the emergency trunk', { trunk: trunk.name });
  return { tenant, trunk };
}
