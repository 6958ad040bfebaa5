import { CallRefused } from '../../domain/calls/verdict.js';
import { planEmergencyLeg } from '../../domain/identity/emergency-plan.js';
import {
  planAnswer,
  planLeg,
  type LegPlan,
  type LegTokens,
} from '../../domain/identity/identity-plan.js';
import type { Trunk } from '../../domain/identity/trunk.js';
import type { Ids } from '../../domain/ids.js';
import type { Did } from '../../domain/numbers/did.js';
import type { PartyAddress } from '../../domain/numbers/party-address.js';
import { RealNumber } from '../../domain/numbers/real-number.js';
import type { House } from '../house.js';
import type { CallUnderWay } from './call-under-way.js';
import type { CallPlan } from './call-plan.js';
import type { Route } from './route.js';
import type { EmergencyRoute } from './emergency.js';

/**
 * What each leg will say, built from nothing, and the guard told what neither may say.
 * @param greeted the caller has been answered already, by an endpoint of a media server.
 * @throws CallRefused (no-route) where the callee's trunk has no target.
 */
export function planCall(
  call: CallUnderWay,
  route: Route,
  house: House,
  greeted = false,
): CallPlan {
  const { arrival } = call.sip;
  const steps = house.talkSteps.filter((step) => step.wanted(route, call.direction));
  const anchored = greeted || steps.length > 0 || isAnchored(arrival.trunk, route.trunk);
  call.sip.mask({
    caller: arrival.callers,
    callee: route.callee,
    calleeKnownToCaller: route.dialedRaw,
    dids: [route.shownToCallee, route.shownToCaller],
    trunks: { caller: arrival.trunk, callee: route.trunk },
    directMedia: !anchored,
  });
  if (!greeted) presentDid(call, route.shownToCaller, house);
  const attempts = route.trunk.targets.map((target) =>
    planLeg({
      trunk: route.trunk,
      shown: route.shownToCallee,
      callee: route.callee,
      target,
      tokens: tokens(house.ids),
      maxForwards: arrival.hopsLeft,
    }),
  );
  return {
    route,
    attempts: atLeastOne(attempts),
    anchored,
    beforeTalk: steps.length > 0 ? { route, steps } : undefined,
  };
}

/** Our answers to the caller name the DID that stands for whom it reaches. */
export function presentDid(call: CallUnderWay, shown: Did, house: House): void {
  const { trunk } = call.sip.arrival;
  call.sip.present(planAnswer({ trunk, shown, contactUser: house.ids.random(8) }));
}

/** What the first party of a call of ours is told, one plan for each target of its trunk. */
export function planFirstLeg(
  { arrival }: CallUnderWay['sip'],
  callee: PartyAddress,
  shown: Did,
  { ids }: House,
): [LegPlan, ...LegPlan[]] {
  const { trunk, hopsLeft: maxForwards } = arrival;
  const legs = trunk.targets.map((target) =>
    planLeg({ trunk, shown, callee, target, tokens: tokens(ids), maxForwards }),
  );
  return atLeastOne(legs);
}

/** An emergency call keeps the caller's own identity; it is the one call that is never masked. */
export function planEmergencyCall(
  call: CallUnderWay,
  { tenant, trunk }: EmergencyRoute,
  house: House,
): CallPlan {
  const { arrival } = call.sip;
  const attempts = trunk.targets.map((target) =>
    planEmergencyLeg({
      trunk,
      target,
      dialed: arrival.dialed,
      // The call centre calls back a number; an extension of the PBX means nothing to it.
      caller: arrival.callers.find((one) => one instanceof RealNumber) ?? arrival.callers[0],
      location: arrival.location,
      tokens: tokens(house.ids),
      maxForwards: arrival.hopsLeft,
    }),
  );
  const { byValue } = arrival.location;
  return {
    route: { tenant, trunk, sessionId: undefined },
    attempts: atLeastOne(attempts),
    // A media server that is slow or dies must not delay or end it.
    anchored: false,
    beforeTalk: undefined,
    ...(byValue && { location: byValue }),
  };
}

/** Media flows directly only where both sides allow it. */
const isAnchored = (...trunks: Trunk[]): boolean =>
  trunks.some(({ media }) => media === 'anchored');

const tokens = (ids: Ids): LegTokens => ({ callId: ids.random(16), contactUser: ids.random(8) });

function atLeastOne(attempts: LegPlan[]): [LegPlan, ...LegPlan[]] {
  const [first, ...more] = attempts;
  if (first === undefined) throw new CallRefused('no-route', 'the trunk has no targets');
  return [first, ...more];
}
