import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verdict } from '../../src/domain/calls/verdict.js';
import { did } from '../../src/domain/numbers/did.js';
import { minutes } from '../../src/domain/time.js';
import { closeSession } from '../../src/flows/close-session.js';
import type { Arrival } from '../../src/flows/ports/sip.js';
import {
  AGENT,
  BUSINESS,
  callHouse,
  CUSTOMER,
  pbxTrunk,
  trunk,
  type CallHouse,
  type CallHouseOptions,
} from '../support/call-house.js';
import { arrive, customerCalls, reasonsOf, sessionIn, toldOf } from '../support/calls.js';
import { audio, fromCarrier, fromPbx, party, turns } from '../support/fake-sip-call.js';
import { ACME } from '../support/session-drafts.js';

let house: CallHouse;
const build = (options: CallHouseOptions = {}): CallHouse => (house = callHouse(options));
beforeEach(() => {
  build();
});
afterEach(() => house.close());

const from = (headers: Readonly<Record<string, string>> | undefined): string =>
  headers?.['From'] ?? 'nobody was dialed';

/** What becomes of a call that nobody is dialed for. */
async function refusalOf(arrival: Arrival): Promise<string> {
  const story = await arrive(house, arrival);
  expect(story.sip.dials).toEqual([]);
  const leg = (await toldOf(house, story)).at(-1);
  expect(story.sip.said).toEqual([`${leg!.sipStatus} ${leg!.reason}`]);
  return story.sip.said[0]!;
}

describe('whom a call reaches', () => {
  it('a customer who dials the session’s DID reaches the agent, who sees a DID', async () => {
    const { sip, session, told } = await customerCalls(house);
    const [customer, agent] = session.participants;
    const { plan, offer } = sip.dials[0]!.dialing;
    expect(plan.requestUri).toBe('sip:agent.7731@198.51.100.7');
    expect(plan.headers['From']).toContain(agent.proxyNumber);
    expect(plan.headers['Max-Forwards']).toBe('69');
    expect(JSON.stringify(plan)).not.toContain('5550142');
    expect(offer).toContain('c=IN IP4 203.0.113.99');
    expect(sip.answerHeaders['P-Asserted-Identity']).toContain(customer.proxyNumber);
    sip.dials[0]!.fail('callee-busy', 486);
    const [a, b] = await toldOf(house, { sip, told });
    expect(a).toMatchObject({
      leg: 'a',
      direction: 'from_carrier',
      tenant: ACME,
      sessionId: session.id,
      partyRef: customer.partyRef,
      proxyNumber: customer.proxyNumber,
      sipCallId: 'caller-call-id',
    });
    expect(b).toMatchObject({
      leg: 'b',
      sessionId: session.id,
      partyRef: agent.partyRef,
      proxyNumber: agent.proxyNumber,
      trunk: 'pbx',
      sipCallId: plan.callId,
    });
  });

  it('an agent who dials the session’s DID reaches the customer, who sees a DID', async () => {
    const [customer, agent] = (await sessionIn(house)).participants;
    const { sip } = await arrive(house, fromPbx(`sip:${agent.proxyNumber}@192.0.2.1`));
    const { plan } = sip.dials[0]!.dialing;
    expect(plan.requestUri).toBe(`sip:${CUSTOMER}@203.0.113.5`);
    expect(from(plan.headers)).toContain(customer.proxyNumber);
    expect(JSON.stringify(plan)).not.toContain('7731');
    expect(sip.secrets).toMatchObject({ calleeKnownToCaller: false, directMedia: true });
    expect(sip.secrets?.trunks.caller.name).toBe('pbx');
    expect(sip.secrets?.trunks.callee.name).toBe('carrier');
    sip.cancel();
  });

  it.each(['id', 'reference'] as const)(
    'an agent may dial a session by its %s from the PBX',
    async (by) => {
      const session = await sessionIn(house, { reference: 'order-7' });
      const user = by === 'id' ? session.id : 'order-7';
      const { sip } = await arrive(house, fromPbx(`sip:${user}@192.0.2.1`));
      expect(sip.dials[0]!.dialing.plan.requestUri).toBe(`sip:${CUSTOMER}@203.0.113.5`);
      expect(from(sip.dials[0]!.dialing.plan.headers)).toContain(
        session.participants[0].proxyNumber,
      );
      sip.cancel();
    },
  );

  it('nobody dials a session by its id from a carrier, nor a stranger from the PBX', async () => {
    const session = await sessionIn(house);
    const uri = `sip:${session.id}@192.0.2.1`;
    expect(await refusalOf(fromCarrier(uri))).toBe('404 unknown-number');
    const stranger = { callers: [party('1008@pbx.example')] };
    expect(await refusalOf(fromPbx(uri, stranger))).toBe('404 unknown-caller');
  });

  it('two customers of one carrier reach each other through it, masked', async () => {
    const other = '+14155550177';
    const session = await sessionIn(house, {
      participants: [{ number: CUSTOMER }, { number: other }],
    });
    const uri = `sip:${session.participants[0].proxyNumber}@192.0.2.1`;
    const { sip } = await arrive(house, fromCarrier(uri));
    expect(sip.dials[0]!.dialing.plan.requestUri).toBe(`sip:${other}@203.0.113.5`);
    sip.cancel();
  });

  it('the first known of several identities counts', async () => {
    const { sip } = await customerCalls(house, {
      callers: [party('+14155559999'), party(CUSTOMER)],
    });
    expect(sip.dials).toHaveLength(1);
    sip.cancel();
  });
});

describe('a raw number dialed from the PBX', () => {
  const dialed = fromPbx(`sip:${CUSTOMER}@192.0.2.1`);

  it('is refused unless the tenant allows it', async () => {
    expect(await refusalOf(dialed)).toBe('403 raw-dialing-refused');
  });

  it('goes through the session of the two when they have one', async () => {
    build({ tenant: { rawDialing: 'allow', businessNumber: BUSINESS } });
    const session = await sessionIn(house);
    const { sip } = await arrive(house, dialed);
    expect(from(sip.dials[0]!.dialing.plan.headers)).toContain(session.participants[0].proxyNumber);
    expect(sip.secrets?.calleeKnownToCaller).toBe(true);
    sip.cancel();
  });

  it('shows the business number when they have none, never the agent', async () => {
    build({ tenant: { rawDialing: 'allow', businessNumber: BUSINESS } });
    const story = await arrive(house, dialed);
    const { plan } = story.sip.dials[0]!.dialing;
    expect(from(plan.headers)).toContain(BUSINESS);
    expect(JSON.stringify(plan)).not.toContain('7731');
    story.sip.dials[0]!.fail('callee-declined', 603);
    const [a, b] = await toldOf(house, story);
    expect(a).toMatchObject({ tenant: ACME, sessionId: undefined });
    expect(b).toMatchObject({ proxyNumber: BUSINESS, remoteCountry: 'US', sessionId: undefined });
  });

  it('shows the business number when the session of the two has passed', async () => {
    build({ tenant: { rawDialing: 'allow', businessNumber: BUSINESS } });
    await sessionIn(house);
    house.clock.advance(minutes(61));
    const { sip } = await arrive(house, dialed);
    expect(from(sip.dials[0]!.dialing.plan.headers)).toContain(BUSINESS);
    sip.cancel();
  });

  it('is no way without a business number', async () => {
    build({ tenant: { rawDialing: 'allow' } });
    expect(await refusalOf(dialed)).toBe('503 no-route');
  });
});

describe('whom a call does not reach', () => {
  it.each([
    ['a number that is no DID', `sip:+12025569999@192.0.2.1`],
    ['a word', 'sip:reception@192.0.2.1'],
    ['nothing readable', 'sip:@192.0.2.1'],
  ])('a carrier’s call to %s is to an unknown number', async (_, uri) => {
    await sessionIn(house);
    expect(await refusalOf(fromCarrier(uri))).toBe('404 unknown-number');
  });

  it('a stranger costs the same look-ups with a known and with an unknown number', async () => {
    const session = await sessionIn(house);
    const lookups = async (number: string): Promise<string[]> => {
      const asked: string[] = [];
      house.onPort = (operation) => {
        if (operation.startsWith('find') || operation === 'keyOf') asked.push(operation);
      };
      const stranger = { callers: [party('+14155559999')] };
      await refusalOf(fromCarrier(`sip:${number}@192.0.2.1`, stranger));
      return asked;
    };
    const known = await lookups(session.participants[0].proxyNumber);
    expect(await lookups('+12025569999')).toEqual(known);
    expect(known.length).toBeGreaterThan(0);
  });

  it('another’s DID, or a withheld number, is no way in', async () => {
    const { participants } = await sessionIn(house);
    const agents = `sip:${participants[1].proxyNumber}@192.0.2.1`;
    expect(await refusalOf(fromCarrier(agents))).toBe('404 unknown-caller');
    const own = `sip:${participants[0].proxyNumber}@192.0.2.1`;
    expect(await refusalOf(fromCarrier(own, { callers: [] }))).toBe('404 unknown-caller');
  });

  it('a session that has passed or was closed leads nowhere any more', async () => {
    const session = await sessionIn(house);
    const arrival = fromCarrier(`sip:${session.participants[0].proxyNumber}@192.0.2.1`);
    house.clock.advance(minutes(61));
    expect(await refusalOf(arrival)).toBe('480 session-expired');
    const second = await sessionIn(house);
    await closeSession(house, ACME, second.id);
    const late = fromCarrier(`sip:${second.participants[0].proxyNumber}@192.0.2.1`);
    expect(await refusalOf(late)).toBe('480 session-closed');
  });

  it('a DID of somebody else is not dialed from this PBX', async () => {
    build({ tenant: { dids: [did('+14155550001')] } });
    const foreign = { trunk: pbxTrunk({ tenant: undefined }) };
    expect(await refusalOf(fromPbx('sip:+14155550001@192.0.2.1', foreign))).toBe('503 no-route');
  });

  it.each<[string, Partial<Arrival>, string]>([
    ['has no Contact', { malformed: true }, '400 bad-request'],
    ['has no hop left', { hopsLeft: -1 }, '483 too-many-hops'],
    ['requires the unknown', { required: ['gruu'] }, '420 bad-extension'],
    ['brings no SDP', { foreignBody: true, offer: undefined }, '415 bad-content-type'],
    ['wants a hasty timer', { sessionExpires: 30 }, '422 session-interval-too-small'],
    ['names no telephony', { dialed: { kind: 'bad-scheme' } }, '416 bad-uri-scheme'],
  ])('an INVITE that %s is refused', async (_, change, said) => {
    expect(await refusalOf(fromCarrier('sip:+14155550001@192.0.2.1', change))).toBe(said);
  });

  it('a refusal names what its status must name', async () => {
    const { sip } = await arrive(house, fromCarrier('sip:x@y', { required: ['gruu', 'timer'] }));
    expect(sip.refusalDetail).toEqual({ unsupported: ['gruu'], minSessionExpires: 90 });
  });

  it('a caller’s unreadable offer is its own fault, and nobody is dialed for it', async () => {
    const story = await customerCalls(house, { offer: 'v=0\r\nnonsense' });
    expect(story.sip.said).toEqual(['488 bad-offer']);
    expect(story.sip.dials).toEqual([]);
    expect(reasonsOf(await toldOf(house, story))).toEqual(['bad-offer', 'bad-offer']);
  });
});

describe('an emergency call', () => {
  const psap = trunk({ name: 'psap', targets: ['sip:203.0.113.112'] });
  const location = {
    byValue: undefined,
    geolocation: '<cid:x@y>',
    geolocationRouting: 'yes',
    accessNetwork: undefined,
  };

  it.each(['sip:911@192.0.2.1', 'sip:112@192.0.2.1', 'urn:service:sos'])(
    'to %s is refused with advice where the tenant has no emergency trunk',
    async (uri) => {
      expect(await refusalOf(fromPbx(uri))).toBe('403 emergency-refused');
      expect(await refusalOf(fromCarrier(uri))).toBe('403 emergency-refused');
    },
  );

  it('goes unmasked to the emergency trunk, with location and a number to call back', async () => {
    build({
      tenant: { emergency: { action: 'route', trunk: 'psap' } },
      trunks: [trunk(), pbxTrunk(), psap],
    });
    const callers = [party(AGENT), party('+14155550155')];
    const story = await arrive(house, fromPbx('sip:911@192.0.2.1', { callers, location }));
    const { sip } = story;
    const { plan } = sip.dials[0]!.dialing;
    expect(plan.requestUri).toBe('sip:911@203.0.113.112');
    expect(plan.headers).toMatchObject({ Priority: 'emergency', Geolocation: '<cid:x@y>' });
    expect(from(plan.headers)).toContain('+14155550155');
    expect(sip.secrets).toBeUndefined();
    const callee = sip.dials[0]!.answer();
    await turns();
    sip.callerLeg!.hears.hungUp(verdict('caller-hung-up'));
    expect(callee.said).toEqual(['hang up caller-hung-up']);
    expect(reasonsOf(await toldOf(house, story))).toEqual(['caller-hung-up', 'caller-hung-up']);
    expect(house.log.lines.some(({ message }) => message.includes('unmasked'))).toBe(true);
  });

  it('is refused where its trunk is not there', async () => {
    build({ tenant: { emergency: { action: 'route', trunk: 'gone' } } });
    expect(await refusalOf(fromPbx('sip:911@192.0.2.1'))).toBe('403 emergency-refused');
  });
});

describe('media', () => {
  it.each<[string, CallHouseOptions['trunks'], Partial<Arrival>]>([
    ['the caller’s', undefined, { trunk: trunk({ media: 'anchored' }) }],
    ['the callee’s', [trunk(), pbxTrunk({ media: 'anchored' })], {}],
  ])(
    'that %s trunk wants anchored has no anchor: the call is refused',
    async (_, trunks, change) => {
      build(trunks === undefined ? {} : { trunks });
      house.media.refusing = 'no-server';
      const story = await customerCalls(house, change);
      expect(story.sip.said).toEqual(['503 media-unavailable']);
      expect(story.sip.dials).toEqual([]);
      await toldOf(house, story);
    },
  );

  it('is agreed in our 200 and the ACK when the caller makes no offer', async () => {
    const story = await customerCalls(house, { offer: undefined });
    const { sip } = story;
    expect(sip.dials[0]!.dialing.offer).toBeUndefined();
    sip.dials[0]!.progress(183, audio('198.51.100.77'));
    sip.dials[0]!.progress(180);
    const callee = sip.dials[0]!.answer(audio('198.51.100.77'));
    await turns();
    expect(sip.said).toEqual(['180', '200']);
    expect(sip.callerSdp).toContain('c=IN IP4 198.51.100.77');
    sip.callerLeg!.hears.acknowledged(audio('203.0.113.99'));
    await turns();
    expect(callee.said).toEqual(['ack 203.0.113.99']);
    // A later ACK belongs to a re-INVITE.
    sip.callerLeg!.hears.acknowledged(undefined);
    await turns();
    expect(callee.said).toHaveLength(1);
    sip.leak();
    await toldOf(house, story);
  });

  it.each([
    ['brings no answer', undefined],
    ['brings one that does not fit', 'v=0'],
  ])('is not agreed when the caller’s ACK %s, and the call ends', async (_, answer) => {
    const story = await customerCalls(house, { offer: undefined });
    const callee = story.sip.dials[0]!.answer();
    await turns();
    story.sip.callerLeg!.hears.acknowledged(answer);
    await turns();
    expect(callee.said).toEqual(['hang up media-not-agreed']);
    expect(story.sip.callerLeg!.said).toEqual(['hang up media-not-agreed']);
    await toldOf(house, story);
  });
});
