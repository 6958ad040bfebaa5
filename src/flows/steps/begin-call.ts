import { shownCallId, type CallId, type Direction } from '../../domain/records/leg-record.js';
import type { Trunk } from '../../domain/identity/trunk.js';
import type { LegPlan } from '../../domain/identity/identity-plan.js';
import type { Tenant } from '../../domain/sessions/tenant.js';
import type { House, Urgency } from '../house.js';
import type { SipCall } from '../ports/sip.js';
import type { CallUnderWay } from './call-under-way.js';
import { LegLedger } from './leg-ledger.js';

export const directionOf = ({ role }: Trunk): Exclude<Direction, 'from_api'> =>
  role === 'carrier' ? 'from_carrier' : 'from_pbx';

/** Gives the call its id and its first record; from here on it cannot end unseen. */
export function beginCall(sip: SipCall, urgency: Urgency, house: House): CallUnderWay {
  const { trunk, sipCallId, callers } = sip.arrival;
  const id = house.ids.next('call') as CallId;
  const direction = directionOf(trunk);
  const log = house.log.child({ callId: id, component: 'call', trunk: trunk.name });
  const callerLedger = LegLedger.begin(
    {
      callId: id,
      leg: 'a',
      direction,
      tenant: trunk.tenant,
      sessionId: undefined,
      trunk: trunk.name,
      partyRef: undefined,
      proxyNumber: undefined,
      remoteCountry: undefined,
      sipCallId: shownCallId(sipCallId, callers),
    },
    urgency,
    house,
  );
  log.info('Call arrived', { direction });
  return { id, direction, urgency, sip, log, callerLedger };
}

/**
 * The same for a call of ours, whose first party is going to be called.
 * @throws StoreError when it cannot be recorded: then nobody is called.
 */
export async function beginOwnCall(
  sip: SipCall,
  { id: tenant }: Tenant,
  firstLeg: LegPlan,
  house: House,
): Promise<CallUnderWay> {
  const { trunk } = sip.arrival;
  const id = house.ids.next('call') as CallId;
  const direction = 'from_api';
  const log = house.log.child({ callId: id, component: 'call', trunk: trunk.name });
  const callerLedger = await LegLedger.open(
    {
      callId: id,
      leg: 'a',
      direction,
      tenant,
      sessionId: undefined,
      trunk: trunk.name,
      partyRef: undefined,
      proxyNumber: undefined,
      remoteCountry: undefined,
      sipCallId: firstLeg.callId,
    },
    'ordinary',
    house,
  );
  log.info('Call originated', { direction });
  return { id, direction, urgency: 'ordinary', sip, log, callerLedger };
}
