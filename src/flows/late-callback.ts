import { CallRefused, verdict } from '../domain/calls/verdict.js';
import {
  begin,
  isEnding,
  next,
  type IvrEnding,
  type IvrEvent,
  type IvrState,
} from '../domain/ivr/dialogue.js';
import { farewellOf, outcomeOf } from '../domain/ivr/outcome.js';
import { RealNumber } from '../domain/numbers/real-number.js';
import { shownCallId } from '../domain/records/leg-record.js';
import { LONGEST_CASE_NUMBER } from '../domain/sessions/case-number.js';
import type { House } from './house.js';
import { MediaFailed } from './ports/media.js';
import type { Bridge } from './steps/bridge.js';
import type { CallUnderWay } from './steps/call-under-way.js';
import { CallerLine } from './steps/caller-line.js';
import { CaseDesk } from './steps/case-desk.js';
import type { GreetedCaller } from './steps/greeted-caller.js';
import type { LateCall } from './steps/late-call.js';
import { LegLedger } from './steps/leg-ledger.js';
import { presentDid } from './steps/plan-call.js';
import type { Route } from './steps/route.js';
import { routeTo } from './steps/session-route.js';

/** As long as any PIN may be. */
const LONGEST_PIN = 12;

/**
 * A caller whose call leads nowhere is answered and led: to the session that was theirs, to one whose
 * number and PIN they know, to an operator, or to a goodbye. Never to a party without a proof.
 * @throws CallRefused with the verdict of a goodbye.
 */
export async function lateCallback(
  call: CallUnderWay,
  late: LateCall,
  bridge: Bridge,
  house: House,
): Promise<Route> {
  presentDid(call, late.dialed, house);
  const caller = await bridge.greet();
  const ledger = openLedger(call, late, house);
  bridge.closeWithCall(ledger);
  const line = new CallerLine(caller, late, countryOf(call), house);
  const desk = new CaseDesk(call, late, house);
  try {
    const ending = await converse(line, desk, late);
    await line.say(ending.say);
    house.metrics.ivrOutcome(outcomeOf(ending));
    call.log.info('Late callback led', { outcome: outcomeOf(ending), late: late.late });
    if (ending.at === 'goodbye') throw new CallRefused(farewellOf(ending, late.late));
    const route = await routeOf(ending, call, late, desk, house);
    ledger.end(verdict('ivr-led-on'), 'system', undefined);
    bridge.farewell = () => line.say(['goodbye']);
    return route;
  } catch (error) {
    throw whatEnded(error, caller, house);
  } finally {
    line.hearNoMore();
  }
}

/** Question and answer, until it is clear where the caller goes. */
async function converse(
  line: CallerLine,
  desk: CaseDesk,
  { tenant, former }: LateCall,
): Promise<IvrEnding> {
  let state = begin(tenant.ivr, former !== undefined);
  while (!isEnding(state)) state = next(state, await turn(state, line, desk), tenant.ivr);
  return state;
}

async function turn(
  state: Exclude<IvrState, IvrEnding>,
  line: CallerLine,
  desk: CaseDesk,
): Promise<IvrEvent> {
  switch (state.at) {
    case 'asking-case':
      return await desk.caseEntered(await line.ask(state.say, LONGEST_CASE_NUMBER));
    case 'asking-pin':
      return await desk.pinEntered(await line.ask(state.say, LONGEST_PIN), state.alone);
    case 'taking-up':
      return await desk.takeUp();
  }
}

async function routeOf(
  ending: Exclude<IvrEnding, { at: 'goodbye' }>,
  call: CallUnderWay,
  late: LateCall,
  { claim }: CaseDesk,
  house: House,
): Promise<Route> {
  const [address] = call.sip.arrival.callers;
  if (ending.at === 'operator') return await operatorRoute(call, late, house);
  if (claim === undefined) throw new CallRefused('internal-error', 'nothing was found');
  return await routeTo(call, late.tenant, address, claim, house);
}

/** The operator sees the DID that was dialed, as the caller does. */
async function operatorRoute(
  call: CallUnderWay,
  { tenant, dialed }: LateCall,
  { directory, vault }: House,
): Promise<Route> {
  const { operator } = tenant.ivr;
  const trunk = directory.trunk(tenant.pbxTrunk);
  if (operator === undefined || trunk === undefined) throw new CallRefused('no-route');
  return {
    tenant,
    sessionId: undefined,
    trunk,
    caller: call.sip.arrival.callers[0],
    callee: operator,
    calleeRef: await vault.keep(tenant.id, operator),
    callerRef: undefined,
    dialedRaw: false,
    shownToCallee: dialed,
    shownToCaller: dialed,
  };
}

/** The time with us has a record of its own, beside that of the caller's leg. */
function openLedger(call: CallUnderWay, { tenant, dialed }: LateCall, house: House): LegLedger {
  const { sipCallId, callers } = call.sip.arrival;
  const ledger = LegLedger.begin(
    {
      callId: call.id,
      leg: 'ivr',
      direction: call.direction,
      tenant: tenant.id,
      sessionId: undefined,
      trunk: undefined,
      partyRef: undefined,
      proxyNumber: dialed,
      remoteCountry: undefined,
      sipCallId: shownCallId(sipCallId, callers),
    },
    call.urgency,
    house,
  );
  ledger.answered();
  return ledger;
}

function countryOf({ sip: { arrival } }: CallUnderWay): string {
  const [caller] = arrival.callers;
  const own = caller instanceof RealNumber ? caller.country : undefined;
  return own ?? arrival.trunk.country;
}

/** Whatever broke the dialogue off, as the call's verdict. */
function whatEnded(error: unknown, { over }: GreetedCaller, { metrics }: House): unknown {
  if (error instanceof CallRefused) return error;
  metrics.ivrOutcome(over.aborted ? 'hung-up' : 'failed');
  return error instanceof MediaFailed ? new CallRefused('media-lost', error.message) : error;
}
