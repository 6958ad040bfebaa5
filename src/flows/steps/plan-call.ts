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
import { RealNumber } from '../../domain/numbers/real-number.js';
import type { House } from '../house.js';
import type { CallUnderWay } from './call-under-way.js';
import type { CallPlan, Route } from './route.js';
import type { EmergencyRoute } from './emergency.js';

/**
 * What each leg will say, built from nothing, and the guard told what neither may say.
 * @throws CallRefused (media-unavailable) where media would need an anchor that is not there.
 */
export function planCall(call: CallUnderWay, route: Route, house: House): CallPlan {
  const { arrival } = call.sip;
  requireDirectMedia(arrival.trunk, route.trunk);
  call.sip.mask({
    caller: arrival.callers,
    callee: route.callee,
    calleeKnownToCaller: route.dialedRaw,
    dids: [route.shownToCallee, route.shownToCaller],
    trunks: { caller: arrival.trunk, callee: route.trunk },
    directMedia: true,
  });
  call.sip.present(
    planAnswer({
      trunk: arrival.trunk,
      shown: route.shownToCaller,
      contactUser: house.ids.random(8),
    }),
  );
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
  return { route, attempts: atLeastOne(attempts) };
}

/** An emergency call keeps the caller's own identity; it is the one call that is never masked. */
export function planEmergencyCall(
  call: CallUnderWay,
  { tenant, trunk }: EmergencyRoute,
  house: House,
): CallPlan {
  const { arrival } = call.sip;
  requireDirectMedia(arrival.trunk, trunk);
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
    ...(byValue && { location: byValue }),
  };
}

/** Without a media server, media can only flow where both sides allow it to flow directly. */
function requireDirectMedia(...trunks: Trunk[]): void {
  const anchored = trunks.find(({ media }) => media === 'anchored');
  if (anchored) throw new CallRefused('media-unavailable', `trunk ${anchored.name} is anchored`);
}

const tokens = (ids: Ids): LegTokens => ({ callId: ids.random(16), contactUser: ids.random(8) });

function atLeastOne(attempts: LegPlan[]): [LegPlan, ...LegPlan[]] {
  const [first, ...more] = attempts;
  if (first === undefined) throw new CallRefused('no-route', 'the trunk has no targets');
  return [first, ...more];
}
