import { verdict, type VerdictReason } from '../domain/calls/verdict.js';
import type { House, Place, Urgency } from './house.js';
import { lateCallback } from './late-callback.js';
import type { SipCall } from './ports/sip.js';
import { admitCall, refusalDetail } from './steps/admit-call.js';
import { beginCall, directionOf } from './steps/begin-call.js';
import { Bridge } from './steps/bridge.js';
import type { CallUnderWay } from './steps/call-under-way.js';
import type { CallPlan } from './steps/call-plan.js';
import { emergencyRoute, isEmergency } from './steps/emergency.js';
import { isLate } from './steps/late-call.js';
import { planCall, planEmergencyCall } from './steps/plan-call.js';
import { resolveCall } from './steps/resolve-call.js';
import { settle, verdictOf } from './steps/settle-call.js';
import { timed } from './steps/timed.js';

/**
 * A call comes in on a trunk and is joined, masked, with the other side of its session. Whatever
 * happens on the way, it ends with one verdict, which the caller hears and the records keep.
 */
export async function receiveCall(sip: SipCall, house: House): Promise<void> {
  house.metrics.callArrived(directionOf(sip.arrival.trunk));
  const urgency = isEmergency(sip.arrival, house) ? 'emergency' : 'ordinary';
  const place = house.admission.enter(urgency);
  try {
    if (typeof place === 'string') turnAway(sip, place, house);
    else await followCall(sip, urgency, place, house);
  } finally {
    if (typeof place !== 'string') place.leave();
    sip.release();
  }
}

/** Refuses a call that leaves no record, so that the least is spent on it; it is counted. */
function turnAway(sip: SipCall, reason: VerdictReason, house: House): void {
  const v = verdict(reason);
  house.metrics.callEnded(directionOf(sip.arrival.trunk), v.result, v.reason);
  sip.refuse(v);
}

async function followCall(
  sip: SipCall,
  urgency: Urgency,
  place: Place,
  house: House,
): Promise<void> {
  const call = beginCall(sip, urgency, house);
  const bridge = new Bridge(call, house);
  place.onAbort((why) => bridge.driver.feed({ is: 'aborted', verdict: why }));
  try {
    admitCall(call, house);
    const plan = await findTheWay(call, bridge, house);
    sip.cancelled.throwIfAborted();
    place.enlist(bridge.control(plan.route));
    bridge.converse(plan);
  } catch (error) {
    bridge.refuse(verdictOf(error, call), refusalDetail(call, house));
  }
  settle(call, bridge, await bridge.driver.settled, house);
  await bridge.release();
}

/** From who calls what to whom it goes and what each side will see. */
async function findTheWay(call: CallUnderWay, bridge: Bridge, house: House): Promise<CallPlan> {
  if (call.urgency === 'emergency')
    return planEmergencyCall(call, emergencyRoute(call, house), house);
  const found = await timed('resolve', house, () => resolveCall(call, house));
  call.sip.cancelled.throwIfAborted();
  const route = isLate(found) ? await lateCallback(call, found, bridge, house) : found;
  return await timed('plan', house, () => planCall(call, route, house, isLate(found)));
}
