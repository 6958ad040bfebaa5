import { CallRefused } from '../domain/calls/verdict.js';
import type { LegPlan } from '../domain/identity/identity-plan.js';
import { isEmergencyCall } from '../domain/numbers/emergency.js';
import type { PartyAddress } from '../domain/numbers/party-address.js';
import { RealNumber } from '../domain/numbers/real-number.js';
import { languageOf } from '../domain/prompts/prompt.js';
import type { CallId } from '../domain/records/leg-record.js';
import type { Participant, Session, SessionId, TenantId } from '../domain/sessions/session.js';
import type { Tenant } from '../domain/sessions/tenant.js';
import { CallProblem } from './call-problem.js';
import { findSession } from './find-session.js';
import type { House, Place } from './house.js';
import type { SipCall, SipOrigin } from './ports/sip.js';
import { SessionProblem } from './session-problem.js';
import { beginOwnCall } from './steps/begin-call.js';
import { Bridge } from './steps/bridge.js';
import type { CallUnderWay } from './steps/call-under-way.js';
import { countryOf } from './steps/consent-rulings.js';
import type { GreetedCaller } from './steps/greeted-caller.js';
import { planCall, planFirstLeg } from './steps/plan-call.js';
import type { Route } from './steps/route.js';
import { routeTo } from './steps/session-route.js';
import { settle, verdictOf } from './steps/settle-call.js';

export interface CallToOriginate {
  readonly tenant: TenantId;
  readonly session: SessionId;
  /** Id of the participant who is called first. */
  readonly first: string;
}

/** Who is called first, and the other one. */
interface Pair {
  readonly tenant: Tenant;
  readonly session: Session;
  readonly caller: Participant;
  readonly callee: Participant;
}

interface FirstWay extends Pair {
  /** Of the caller. */
  readonly address: PartyAddress;
  readonly legs: readonly [LegPlan, ...LegPlan[]];
}

export interface OriginatedCall {
  readonly id: CallId;
  /** Resolves when the call has ended and nothing is left of it. */
  readonly told: Promise<void>;
}

/**
 * Calls one participant of a session and, once that one has answered, the other: each sees the DID
 * of the session and nothing else. Answers as soon as the call has its record; it goes on by itself.
 * @throws CallProblem, SessionProblem when it cannot be; StoreError, VaultError when we are at fault.
 */
export async function originateCall(
  asked: CallToOriginate,
  house: House,
  origin: SipOrigin,
): Promise<OriginatedCall> {
  const pair = await pairOf(asked, house);
  const place = house.admission.enter('ordinary');
  if (typeof place === 'string') throw new CallProblem(place);
  try {
    const address = await addressOf(pair.caller, pair.tenant, house);
    await addressOf(pair.callee, pair.tenant, house);
    const sip = callOf(pair, address, house, origin);
    const legs = planFirstLeg(sip, address, pair.caller.proxyNumber, house);
    const call = await beginOwnCall(sip, pair.tenant, legs[0], house);
    return { id: call.id, told: followCall(call, { ...pair, address, legs }, place, house) };
  } catch (error) {
    place.leave();
    throw error;
  }
}

async function pairOf(asked: CallToOriginate, house: House): Promise<Pair> {
  const session = await findSession(house, asked.tenant, asked.session);
  if (session.status !== 'open') throw new CallProblem('session-not-open');
  const tenant = house.directory.tenant(asked.tenant);
  if (tenant === undefined)
    throw new SessionProblem('unknown-tenant', 'tenant', 'is not configured');
  const [a, b] = session.participants;
  if (asked.first === a.id) return { tenant, session, caller: a, callee: b };
  if (asked.first === b.id) return { tenant, session, caller: b, callee: a };
  throw new CallProblem('unknown-participant');
}

/** What is an emergency number may have been configured since the session was opened. */
async function addressOf(
  { partyRef }: Participant,
  tenant: Tenant,
  { vault }: House,
): Promise<PartyAddress> {
  const address = await vault.reveal(tenant.id, partyRef, 'address-leg');
  if (!(address instanceof RealNumber)) return address;
  const countries = [tenant.country, ...(address.country === undefined ? [] : [address.country])];
  if (isEmergencyCall({ kind: 'number', number: address }, countries, tenant.emergencyNumbers)) {
    throw new CallProblem('emergency-refused');
  }
  return address;
}

function callOf(
  { tenant, caller }: Pair,
  address: PartyAddress,
  { directory }: House,
  origin: SipOrigin,
): SipCall {
  const name = caller.reachedBy === 'carrier' ? tenant.carrierTrunk : tenant.pbxTrunk;
  const trunk = directory.trunk(name);
  if (trunk === undefined || trunk.targets.length === 0) throw new CallProblem('no-route');
  try {
    return origin.originate({ trunk, address });
  } catch (error) {
    throw error instanceof CallRefused ? new CallProblem('sip-engine-lost') : error;
  }
}

async function followCall(
  call: CallUnderWay,
  way: FirstWay,
  place: Place,
  house: House,
): Promise<void> {
  house.metrics.callArrived(call.direction);
  const bridge = new Bridge(call, house, 'originated');
  place.onAbort((why) => bridge.driver.feed({ is: 'aborted', verdict: why }));
  try {
    await lead(call, way, place, bridge, house);
  } catch (error) {
    bridge.refuse(verdictOf(error, call));
  }
  try {
    settle(call, bridge, await bridge.driver.settled, house);
    await bridge.release();
  } finally {
    place.leave();
    call.sip.release();
  }
}

/** The first party is called, hears that the other one will be, and then is joined with it. */
async function lead(
  call: CallUnderWay,
  way: FirstWay,
  place: Place,
  bridge: Bridge,
  house: House,
): Promise<void> {
  const route = await routeTo(call, way.tenant, way.address, way, house);
  const plan = planCall(call, route, house, true);
  place.enlist(bridge.control(plan.route));
  const first = await bridge.callFirst(way.legs);
  bridge.farewell = () => say('goodbye', first, route, house);
  await say('ivr-connecting', first, route, house);
  if (!first.over.aborted) bridge.converse(plan);
}

/** @throws MediaFailed when the first party cannot be spoken to: then it must not be kept waiting. */
async function say(
  prompt: 'ivr-connecting' | 'goodbye',
  { endpoint, over }: GreetedCaller,
  route: Route,
  { prompts }: House,
): Promise<void> {
  const language = route.tenant.consent.language ?? languageOf(countryOf(route, 'caller'));
  await endpoint.play([prompts.sound(prompt, language, route.tenant.id)], over);
}
