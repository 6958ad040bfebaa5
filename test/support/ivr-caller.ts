import type { IvrPolicy } from '../../src/domain/ivr/ivr-policy.js';
import type { Session } from '../../src/domain/sessions/session.js';
import { millis } from '../../src/domain/time.js';
import type { OpenedSession } from '../../src/flows/open-session.js';
import type { Arrival } from '../../src/flows/ports/sip.js';
import { AGENT, callHouse, CUSTOMER, type CallHouse, type CallHouseOptions } from './call-house.js';
import { arrive, openedIn, reasonsOf, toldOf, type Story } from './calls.js';
import type { FakeEndpoint } from './fake-media.js';
import { fromCarrier, party, turns } from './fake-sip-call.js';
import { ALWAYS_IVR, ivrPolicy } from './ivr-policy.js';

export const STRANGER = '+14155550199';
/** Of the reference `ORD-7351962`. */
export const CASE = '7351962';

/** A caller whom no session knows. */
export const stranger: Partial<Arrival> = { callers: [party(STRANGER)] };

/** A house that answers late callers. */
export const lateHouse = (ivr: Partial<IvrPolicy> = {}, more: CallHouseOptions = {}): CallHouse =>
  callHouse({ ...more, tenant: { ivr: ivrPolicy({ when: ALWAYS_IVR, ...ivr }) } });

/** A session of customer and agent, each with a PIN. */
export const withPins = (house: CallHouse): Promise<OpenedSession> =>
  openedIn(house, {
    reference: `ORD-${CASE}`,
    participants: [
      { number: CUSTOMER, pin: true },
      { sip: `sip:${AGENT}`, pin: true },
    ],
  });

/** Somebody calls the DID of the session's customer. */
export const callsDidOf = (
  house: CallHouse,
  session: Session,
  change: Partial<Arrival> = {},
): Promise<Story> =>
  arrive(house, fromCarrier(`sip:${session.participants[0].proxyNumber}@192.0.2.1`, change));

export const ivrOutcomes = (house: CallHouse): unknown[] =>
  house.metrics.calls.filter(([name]) => name === 'ivrOutcome').map(([, outcome]) => outcome);

/** The reasons on the records of a call that is over: its A leg, the IVR, its B leg. */
export const reasonsAfter = async (
  house: CallHouse,
  story: Story,
): Promise<(string | undefined)[]> => reasonsOf(await toldOf(house, story));

/** The endpoint that a late caller talks with. */
export const ivrOf = (house: CallHouse): FakeEndpoint => house.media.endpoints[0]!;

/** The prompts that a caller has heard, in their order, such as `ivr-greeting`. */
export const heardBy = (endpoint: FakeEndpoint): string[] =>
  endpoint.said
    .filter((what) => what.startsWith('play /'))
    .flatMap((what) => what.slice('play '.length).split(' '))
    .map((path) => path.replace(/^\/\w+\/|\.wav$/g, ''));

/** The caller keys these in, one after the other, and the story goes on as far as it can. */
export async function keysIn(house: CallHouse, digits: string): Promise<void> {
  for (const digit of digits) ivrOf(house).press(digit);
  await turns(8);
}

/** Nobody presses anything for so long. */
export async function silence(house: CallHouse, ms: number): Promise<void> {
  await house.clock.advanceAsync(millis(ms));
  await turns(8);
}

/** Every word that was written of a call, for the canaries. */
export async function writtenOf(house: CallHouse, { sip }: Story): Promise<string> {
  const legs = await house.legs();
  const said = house.media.endpoints.map((endpoint) => endpoint.said);
  const dials = sip.dials.map(({ dialing, said: dialed, leg }) => [dialing, dialed, leg?.said]);
  return JSON.stringify([legs, house.log.lines, house.metrics.calls, said, dials, sip.said]);
}
