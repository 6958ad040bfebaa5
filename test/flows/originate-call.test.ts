import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallRefused, verdict } from '../../src/domain/calls/verdict.js';
import type { Session, SessionId } from '../../src/domain/sessions/session.js';
import { seconds } from '../../src/domain/time.js';
import { closeSession } from '../../src/flows/close-session.js';
import { originateCall, type CallToOriginate } from '../../src/flows/originate-call.js';
import type { FirstParty, SipOrigin } from '../../src/flows/ports/sip.js';
import { callHouse, CUSTOMER, pbxTrunk, trunk, type CallHouse } from '../support/call-house.js';
import { reasonsOf, sessionIn, toldOf, type Story } from '../support/calls.js';
import { audio, FakeSipCall, fromCarrier, turns, type FakeDial } from '../support/fake-sip-call.js';
import { ACME } from '../support/session-drafts.js';

const TRUNKS = [trunk({ targets: ['sip:203.0.113.5', 'sip:203.0.113.6'] }), pbxTrunk()];
const [CARLA, ANTON] = [audio('203.0.113.99'), audio('198.51.100.77')];

let house: CallHouse;
let session: Session;
let sip: FakeSipCall;
const origin: SipOrigin = {
  originate: ({ trunk: of, address }: FirstParty) =>
    (sip = new FakeSipCall(
      fromCarrier('sip:nobody@nowhere', { trunk: of, callers: [address], offer: undefined }),
    )),
};
beforeEach(async () => {
  house = callHouse({ trunks: TRUNKS });
  session = await sessionIn(house);
});
afterEach(() => house.close());

const ask = (change: Partial<CallToOriginate> = {}) =>
  originateCall(
    { tenant: ACME, session: session.id, first: session.participants[0].id, ...change },
    house,
    origin,
  );

async function originate(first: 0 | 1 = 0): Promise<Story> {
  const { told } = await ask({ first: session.participants[first].id });
  await turns();
  return { sip, told };
}

/** The first party has answered and heard that the other one is called. */
async function called(): Promise<Story & { readonly first: FakeDial }> {
  const story = await originate();
  const first = sip.dials[0]!;
  first.answer(CARLA);
  await turns(6);
  return { ...story, first };
}

async function talking() {
  const story = await called();
  const second = sip.dials[1]!;
  second.answer(ANTON);
  await turns(6);
  return { ...story, second };
}

const ended = async (story: Story): Promise<(string | undefined)[]> =>
  reasonsOf(await toldOf(house, story));
const [ep1, ep2] = [0, 1].map((at) => () => house.media.endpoints[at]!) as [
  () => (typeof house.media.endpoints)[number],
  () => (typeof house.media.endpoints)[number],
];

describe('a call that the API originates', () => {
  it('is on record when the API is answered, as a call of the session', async () => {
    const { id } = await ask();
    const [leg] = await house.records.legsOf(ACME, id);
    expect(leg).toMatchObject({ leg: 'a', direction: 'from_api', trunk: 'carrier' });
    house.calls.abortAll(verdict('draining'));
    await turns();
  });

  it('shows the first party the DID of the session, and nothing of the other one', async () => {
    const story = await originate();
    const { towards, plan, offer } = sip.dials[0]!.dialing;
    expect(towards).toBe('caller');
    expect(plan.requestUri).toBe(`sip:${CUSTOMER}@203.0.113.5`);
    const { proxyNumber } = session.participants[0];
    expect(plan.headers['From']).toContain(`sip:${proxyNumber}@`);
    expect(JSON.stringify([plan, offer])).not.toMatch(/agent\.|7731|pbx/i);
    expect(sip.secrets?.callee.toString()).toBe(session.participants[1].partialMask);
    sip.dials[0]!.fail('callee-busy', 486);
    expect(await ended(story)).toEqual(['callee-busy']);
  });

  it('tells who answers that the other one is called, then rings it', async () => {
    const story = await called();
    expect(ep1().said).toContain('play /en/ivr-connecting.wav');
    const { towards, plan } = sip.dials[1]!.dialing;
    expect(towards).toBe('callee');
    expect(plan.requestUri).toBe('sip:agent.7731@198.51.100.7');
    expect(plan.headers['From']).toContain(`sip:${session.participants[1].proxyNumber}@`);
    sip.dials[1]!.progress(180);
    await turns();
    expect(ep1().said.at(-1)).toBe('play ringback');
    story.first.leg!.hears.hungUp(verdict('caller-hung-up'));
    expect(sip.dials[1]!.said).toEqual(['cancel caller-hung-up']);
    expect(await ended(story)).toEqual(['caller-hung-up', 'caller-hung-up']);
  });

  it('lets both talk, by way of the media server, and records both legs', async () => {
    const story = await talking();
    expect(ep1().bridgedTo).toBe(ep2());
    house.clock.advance(seconds(61));
    story.second.leg!.hears.hungUp(verdict('callee-hung-up'));
    expect(story.first.leg!.said).toEqual(['hang up callee-hung-up']);
    const legs = await toldOf(house, story);
    expect(legs.map(({ leg, direction, status }) => [leg, direction, status])).toEqual([
      ['a', 'from_api', 'completed'],
      ['b', 'from_api', 'completed'],
    ]);
    expect(legs.map(({ sessionId }) => sessionId)).toEqual([session.id, session.id]);
  });

  it('may begin with the side of the PBX', async () => {
    const story = await originate(1);
    expect(sip.dials[0]!.dialing.plan.requestUri).toBe('sip:agent.7731@198.51.100.7');
    sip.dials[0]!.answer(ANTON);
    await turns(6);
    expect(sip.dials[1]!.dialing.plan.requestUri).toBe(`sip:${CUSTOMER}@203.0.113.5`);
    sip.dials[1]!.fail('callee-busy', 486);
    await turns(6);
    expect(await ended(story)).toEqual(['callee-busy', 'callee-busy']);
  });

  it('tries the next target of the first party, and the record names what was tried last', async () => {
    const story = await originate();
    sip.dials[0]!.fail('trunk-unreachable');
    await turns();
    const { plan } = sip.dials[1]!.dialing;
    expect(plan.requestUri).toBe(`sip:${CUSTOMER}@203.0.113.6`);
    sip.dials[1]!.fail('callee-declined', 603);
    const [leg] = await toldOf(house, story);
    expect(leg).toMatchObject({
      sipCallId: plan.callId,
      sipStatus: 603,
      endedBy: 'caller',
      reason: 'callee-declined',
    });
  });

  it('gives up a first party that does not answer', async () => {
    const story = await originate();
    sip.dials[0]!.progress(180);
    house.clock.advance(seconds(60));
    expect(sip.dials[0]!.said).toEqual(['cancel no-answer']);
    expect(await ended(story)).toEqual(['no-answer']);
  });

  it('says goodbye to a first party whose other one is not reached', async () => {
    const story = await called();
    sip.dials[1]!.fail('callee-busy', 486);
    await turns(6);
    expect(ep1().said).toContain('play /en/goodbye.wav');
    expect(story.first.leg!.said).toEqual(['hang up callee-busy']);
    expect(await ended(story)).toEqual(['callee-busy', 'callee-busy']);
  });

  it('hangs up a first party that answers with nothing we can use', async () => {
    const story = await originate();
    const leg = sip.dials[0]!.answer('v=0\r\n');
    await turns();
    expect(leg.said).toEqual(['hang up callee-answer-unusable']);
    expect(await ended(story)).toEqual(['callee-answer-unusable']);
  });

  it('hangs up a first party that has answered when the call is aborted', async () => {
    const story = await originate();
    let go: () => void = () => undefined;
    ep1().before = () => new Promise((resolve) => (go = resolve));
    const leg = sip.dials[0]!.answer(CARLA);
    house.calls.abortAll(verdict('draining'));
    expect(leg.said).toEqual(['hang up draining']);
    go();
    await turns();
    expect(await ended(story)).toEqual(['draining']);
  });

  it('ends when its first party hangs up before it was told anything', async () => {
    const story = await originate();
    const leg = sip.dials[0]!.answer(CARLA);
    leg.hears.hungUp(verdict('caller-hung-up'));
    await turns(6);
    expect(sip.dials).toHaveLength(1);
    expect(await ended(story)).toEqual(['caller-hung-up']);
  });

  it('calls nobody when there is no media server', async () => {
    house.media.refusing = 'no-server';
    const story = await originate();
    expect(sip.dials).toEqual([]);
    expect(await ended(story)).toEqual(['media-unavailable']);
  });

  it('ends when its media server dies while the other one is rung', async () => {
    const story = await called();
    house.media.server.die();
    expect(story.first.leg!.said).toEqual(['hang up media-lost']);
    expect(await ended(story)).toEqual(['media-lost', 'media-lost']);
  });

  it('runs the steps before the talk, as any call does', async () => {
    house.close();
    const heard: string[] = [];
    const step = {
      wanted: () => true,
      run: ({ direction }: { direction: string }) => Promise.resolve(void heard.push(direction)),
    };
    house = callHouse({ trunks: TRUNKS, talkSteps: [step] });
    session = await sessionIn(house);
    const story = await talking();
    expect(heard).toEqual(['from_api']);
    story.second.leg!.hears.hungUp(verdict('callee-hung-up'));
    await ended(story);
  });
});

describe('what is not originated leaves nothing behind', () => {
  const nothing = async (): Promise<void> => {
    expect(house.calls.count).toBe(0);
    expect(await house.legs()).toEqual([]);
  };

  it('through a session that was closed', async () => {
    await closeSession(house, ACME, session.id);
    await expect(ask()).rejects.toMatchObject({ code: 'session-not-open' });
    await nothing();
  });

  it('through a session whose time has passed', async () => {
    house.clock.advance(seconds(3601));
    await expect(ask()).rejects.toMatchObject({ code: 'session-not-open' });
    await nothing();
  });

  it.each([
    ['an unknown session', { session: 'sess_x' as SessionId }, 'unknown-session'],
    ['somebody who is not in it', { first: 'part_x' }, 'unknown-participant'],
  ])('for %s', async (_, change, code) => {
    await expect(ask(change)).rejects.toMatchObject({ code });
    await nothing();
  });

  it('to what has become an emergency number', async () => {
    const strict = { ...house, directory: { ...house.directory, tenant: listing(house) } };
    const [{ id: first }] = session.participants;
    const call = originateCall({ tenant: ACME, session: session.id, first }, strict, origin);
    await expect(call).rejects.toMatchObject({ code: 'emergency-refused' });
    await nothing();
  });

  it('when there are as many calls as there may be', async () => {
    const places = Array.from({ length: 10 }, () => house.calls.enter('ordinary'));
    await expect(ask()).rejects.toMatchObject({ code: 'overloaded' });
    expect(places).toHaveLength(10);
    expect(await house.legs()).toEqual([]);
  });

  it('while the daemon drains', async () => {
    void house.calls.drain();
    await expect(ask()).rejects.toMatchObject({ code: 'draining' });
    await nothing();
  });

  it('without a SIP engine', async () => {
    const gone: SipOrigin = {
      originate: () => {
        throw new CallRefused('sip-engine-lost');
      },
    };
    const [{ id: first }] = session.participants;
    const call = originateCall({ tenant: ACME, session: session.id, first }, house, gone);
    await expect(call).rejects.toMatchObject({ code: 'sip-engine-lost' });
    await nothing();
  });

  it.each(['start', 'reveal'])('when %s fails', async (operation) => {
    house.onPort = (of) => {
      if (of === operation) throw new Error('away');
    };
    await expect(ask()).rejects.toThrow();
    expect(house.calls.count).toBe(0);
  });
});

/** The tenant has come to list the customer's number as one of an emergency service. */
const listing =
  ({ directory }: CallHouse): CallHouse['directory']['tenant'] =>
  (id) => {
    const of = directory.tenant(id);
    return of && { ...of, emergencyNumbers: [CUSTOMER] };
  };
