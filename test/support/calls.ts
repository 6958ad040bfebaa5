import { expect } from 'vitest';
import type { LegRecord } from '../../src/domain/records/leg-record.js';
import type { Session } from '../../src/domain/sessions/session.js';
import {
  openSession,
  type OpenedSession,
  type OpenSessionInput,
} from '../../src/flows/open-session.js';
import type { Arrival } from '../../src/flows/ports/sip.js';
import { receiveCall } from '../../src/flows/receive-call.js';
import { AGENT, CUSTOMER, type CallHouse } from './call-house.js';
import { FakeSipCall, fromCarrier, turns, type FakeDial, type FakeLeg } from './fake-sip-call.js';
import { ACME } from './session-drafts.js';

/** A session of the customer and the agent. */
export const openedIn = (
  house: CallHouse,
  change: Partial<OpenSessionInput> = {},
): Promise<OpenedSession> =>
  openSession(house, {
    tenant: ACME,
    kind: 'session',
    participants: [{ number: CUSTOMER }, { sip: `sip:${AGENT}` }],
    ...change,
  });

export const sessionIn = async (...of: Parameters<typeof openedIn>): Promise<Session> =>
  (await openedIn(...of)).session;

export interface Story {
  readonly sip: FakeSipCall;
  /** Resolves when the story is told. */
  readonly told: Promise<void>;
}

/** A call comes in; the story has gone as far as it can without anybody doing anything. */
export async function arrive(house: CallHouse, arrival: Arrival): Promise<Story> {
  const sip = new FakeSipCall(arrival);
  const told = receiveCall(sip, house);
  await turns();
  return { sip, told };
}

/** The customer calls the agent under the DID of their session. */
export async function customerCalls(
  house: CallHouse,
  change: Partial<Arrival> = {},
): Promise<Story & { readonly session: Session }> {
  const session = await sessionIn(house);
  const uri = `sip:${session.participants[0].proxyNumber}@192.0.2.1`;
  return { session, ...(await arrive(house, fromCarrier(uri, change))) };
}

export interface Talk extends Story {
  readonly dial: FakeDial;
  readonly caller: FakeLeg;
  readonly callee: FakeLeg;
}

/** As `customerCalls`, and the agent has answered. */
export async function talking(house: CallHouse, change: Partial<Arrival> = {}): Promise<Talk> {
  const { sip, told } = await customerCalls(house, change);
  const dial = sip.dials[0]!;
  const callee = dial.answer();
  await turns();
  return { sip, told, dial, callee, caller: sip.callerLeg! };
}

/**
 * The story is over, and nothing is left of it: no open record, no place taken, no timer, the edge
 * released once. Answers the records of its legs.
 */
export async function toldOf(
  house: CallHouse,
  { sip, told }: Story,
): Promise<readonly LegRecord[]> {
  await told;
  await turns();
  expect(await house.open()).toBe(0);
  expect(house.calls.count).toBe(0);
  expect(house.clock.pending).toBe(0);
  expect(sip.released).toBe(1);
  const legs = await house.legs();
  for (const leg of legs) expect(leg.endedAt).toBeDefined();
  const count = (name: string): number =>
    house.metrics.calls.filter(([metric]) => metric === name).length;
  expect(count('legEnded')).toBe(count('legStarted'));
  expect(count('callEnded')).toBe(count('callArrived'));
  return legs;
}

/** The reasons on the records, A leg first. */
export const reasonsOf = (legs: readonly LegRecord[]): (string | undefined)[] =>
  legs.map(({ reason }) => reason);
