import { afterEach, describe, expect, it } from 'vitest';
import { verdict } from '../../src/domain/calls/verdict.js';
import type { IvrPolicy } from '../../src/domain/ivr/ivr-policy.js';
import { SipAddress, unmaskParty } from '../../src/domain/numbers/party-address.js';
import type { Session } from '../../src/domain/sessions/session.js';
import { minutes, seconds } from '../../src/domain/time.js';
import { closeSession } from '../../src/flows/close-session.js';
import type { OpenedSession } from '../../src/flows/open-session.js';
import type { Arrival } from '../../src/flows/ports/sip.js';
import type { CallHouse } from '../support/call-house.js';
import { arrive, openedIn, type Story } from '../support/calls.js';
import { audio, FakeReply, fromCarrier, fromPbx, party, turns } from '../support/fake-sip-call.js';
import {
  callsDidOf,
  CASE,
  heardBy,
  ivrOf,
  ivrOutcomes,
  keysIn,
  lateHouse,
  reasonsAfter,
  silence,
  STRANGER,
  stranger,
  withPins,
  writtenOf,
} from '../support/ivr-caller.js';
import { ALWAYS_IVR } from '../support/ivr-policy.js';
import { ACME } from '../support/session-drafts.js';

const OPERATOR = SipAddress.parse('sip:queue@pbx.example')!;

let house: CallHouse;
afterEach(() => house.close());

async function opened(change: Partial<IvrPolicy> = {}): Promise<OpenedSession> {
  house = lateHouse(change);
  return await withPins(house);
}
const dialing = (session: Session, change?: Partial<Arrival>): Promise<Story> =>
  callsDidOf(house, session, change);
const ended = (story: Story): Promise<(string | undefined)[]> => reasonsAfter(house, story);
const outcomes = (): unknown[] => ivrOutcomes(house);

/** The callee picks up, and the caller hangs up after a while. */
async function talkOf({ sip, told }: Story): Promise<(string | undefined)[]> {
  await turns(8);
  sip.dials[0]!.answer(audio('198.51.100.77'));
  await turns(8);
  const [caller, callee] = house.media.endpoints;
  expect(caller!.bridgedTo).toBe(callee);
  sip.callerLeg!.hears.hungUp(verdict('caller-hung-up'));
  return await ended({ sip, told });
}

const calleeOf = ({ sip }: Story): string => unmaskParty(sip.secrets!.callee);

describe('a caller whose session has expired', () => {
  const expire = async (session: Session): Promise<void> => {
    await house.clock.advanceAsync(minutes(61));
    expect(session.expiresAt! < house.clock.now()).toBe(true);
  };

  it('is refused where the tenant says so', async () => {
    const { session } = await opened({ when: { ...ALWAYS_IVR, 'session-expired': 'refuse' } });
    await expire(session);
    const story = await dialing(session);
    expect(story.sip.said).toEqual(['480 session-expired']);
    await ended(story);
  });

  it('is greeted, and joined with the same party under the same DIDs, where it may be reopened', async () => {
    const { session } = await opened({ reopen: 'expired' });
    await expire(session);
    const story = await dialing(session);
    await turns(8);
    expect(story.sip.said).toEqual(['200']);
    expect(heardBy(ivrOf(house))).toEqual(['ivr-greeting', 'ivr-connecting']);
    expect(calleeOf(story)).toBe('sip:agent.7731@pbx.example');
    expect(story.sip.secrets!.dids).toEqual([
      session.participants[1].proxyNumber,
      session.participants[0].proxyNumber,
    ]);
    expect(story.sip.secrets!.directMedia).toBe(false);
    expect(await talkOf(story)).toEqual(['caller-hung-up', 'ivr-led-on', 'caller-hung-up']);
    expect(outcomes()).toEqual(['found-by-caller']);
    const reopened = await house.sessions.find(ACME, session.id);
    expect(reopened).toMatchObject({ status: 'open', participants: session.participants });
  });

  it('hears ringback from us while the party is dialed', async () => {
    const { session } = await opened({ reopen: 'expired' });
    await expire(session);
    const story = await dialing(session);
    await turns(8);
    story.sip.dials[0]!.progress(180);
    await turns();
    expect(story.sip.said).toEqual(['200']);
    expect(ivrOf(house).said.at(-1)).toBe('play ringback');
    await talkOf(story);
    expect(ivrOf(house).said).toContain('stop');
  });

  it('hears that the case is closed where it may not be reopened', async () => {
    const { session } = await opened();
    await expire(session);
    const story = await dialing(session);
    expect(await ended(story)).toEqual(['session-expired', 'session-expired']);
    expect(heardBy(ivrOf(house))).toEqual(['ivr-greeting', 'ivr-case-closed', 'goodbye']);
    expect(story.sip.callerLeg!.said).toEqual(['hang up session-expired']);
    expect(story.sip.dials).toEqual([]);
    expect(outcomes()).toEqual(['case-closed']);
  });

  it.each([
    ['was closed, and only expired ones are reopened', 'expired' as const, seconds(0)],
    ['ended too long ago', 'ended' as const, minutes(60 * 24 * 31)],
  ])('hears so as well when it %s', async (_, reopen, after) => {
    const { session } = await opened({ reopen });
    await closeSession(house, ACME, session.id);
    await house.clock.advanceAsync(after);
    const story = await dialing(session);
    expect(await ended(story)).toEqual(['session-closed', 'session-closed']);
    expect((await house.sessions.find(ACME, session.id))?.status).toBe('closed');
  });

  it('says goodbye to a caller whose party does not answer', async () => {
    const { session } = await opened({ reopen: 'expired' });
    await expire(session);
    const story = await dialing(session);
    await turns(8);
    story.sip.dials[0]!.progress(180);
    story.sip.dials[0]!.fail('callee-busy', 486);
    await turns(8);
    expect(heardBy(ivrOf(house)).at(-1)).toBe('goodbye');
    expect(story.sip.callerLeg!.said).toEqual(['hang up callee-busy']);
    expect(await ended(story)).toEqual(['callee-busy', 'ivr-led-on', 'callee-busy']);
  });
});

describe('a caller on an unknown telephone', () => {
  it('is refused where the tenant says so, and always when the PBX brings it', async () => {
    const { session } = await opened({ when: { ...ALWAYS_IVR, 'unknown-caller': 'refuse' } });
    const refused = await dialing(session, stranger);
    expect(refused.sip.said).toEqual(['404 unknown-caller']);
    await ended(refused);
    house.close();
    const { session: other } = await opened();
    const agent = await arrive(
      house,
      fromPbx(`sip:${other.participants[0].proxyNumber}@192.0.2.1`, stranger),
    );
    expect(agent.sip.said).toEqual(['404 unknown-caller']);
    await agent.told;
  });

  it('is joined with the other party of its case by case number and PIN', async () => {
    const { session, pins } = await opened();
    const story = await dialing(session, stranger);
    await keysIn(house, `${CASE}#`);
    await keysIn(house, `${pins[0]!}#`);
    expect(heardBy(ivrOf(house))).toEqual([
      ...['ivr-greeting', 'ivr-case-number', 'ivr-pin'],
      'ivr-connecting',
    ]);
    expect(calleeOf(story)).toBe('sip:agent.7731@pbx.example');
    expect(story.sip.secrets!.caller.map(unmaskParty)).toEqual([`tel:${STRANGER}`]);
    expect(await talkOf(story)).toEqual(['caller-hung-up', 'ivr-led-on', 'caller-hung-up']);
    const [a, ivr, b] = await house.legs();
    expect(a).toMatchObject({ sessionId: session.id, partyRef: undefined });
    expect(ivr).toMatchObject({ leg: 'ivr', status: 'completed' });
    expect(b).toMatchObject({ leg: 'b', sessionId: session.id });
    expect(outcomes()).toEqual(['found-by-pin']);
  });

  it.each(['never', 'expired'] as const)(
    'reaches nobody when the case is closed while it keys in the PIN (reopen: %s)',
    async (reopen) => {
      const { session, pins } = await opened({ reopen });
      const story = await dialing(session, stranger);
      await keysIn(house, `${CASE}#`);
      await closeSession(house, ACME, session.id);
      await keysIn(house, `${pins[0]!}#`);
      await story.told;
      expect(story.sip.dials).toEqual([]);
    },
  );

  it('is joined with the customer by the PIN of the agent', async () => {
    const { session, pins } = await opened();
    const story = await dialing(session, stranger);
    await keysIn(house, `${CASE}#${pins[1]!}#`);
    expect(calleeOf(story)).toBe('tel:+14155550142');
    story.sip.cancel();
    story.sip.callerLeg!.hears.hungUp(verdict('caller-hung-up'));
    await ended(story);
  });

  it('reaches nobody by a case number alone, nor by a PIN of another case', async () => {
    const { session, pins } = await opened({ tries: 1 });
    const silent = await dialing(session, stranger);
    await keysIn(house, `${CASE}#`);
    await silence(house, 8000);
    expect(await ended(silent)).toEqual(['ivr-gave-up', 'ivr-gave-up']);
    const other = await dialing(session, { callers: [party('+14155550198')] });
    for (const digit of `1234567#${pins[0]!}#`) house.media.endpoints[1]!.press(digit);
    await turns(8);
    await other.told;
    expect(other.sip.dials).toEqual([]);
    expect(outcomes()).toEqual(['gave-up', 'gave-up']);
  });

  it('hears the same questions whether there is such a case or not', async () => {
    const { session } = await opened();
    const heard: string[][] = [];
    for (const [at, number] of [CASE, '1111111'].entries()) {
      const story = await dialing(session, { callers: [party(`+1415555017${at}`)] });
      for (const digit of `${number}#000000#`) house.media.endpoints[at]!.press(digit);
      await turns(8);
      heard.push(heardBy(house.media.endpoints[at]!));
      story.sip.callerLeg!.hears.hungUp(verdict('caller-hung-up'));
      await story.told;
    }
    expect(heard[0]).toEqual(heard[1]);
    expect(heard[0]).toContain('ivr-not-found');
  });

  it('is locked after three wrong PINs, and then the right one is refused as well', async () => {
    const { session, pins } = await opened();
    const wrong = pins[0] === '000000' ? '000001' : '000000';
    const first = await dialing(session, stranger);
    for (let n = 0; n < 3; n += 1) await keysIn(house, `${CASE}#${wrong}#`);
    expect(await ended(first)).toEqual(['ivr-gave-up', 'ivr-gave-up']);
    const second = await dialing(session, stranger);
    const press = async (digits: string): Promise<void> => {
      for (const digit of digits) house.media.endpoints.at(-1)!.press(digit);
      await turns(8);
    };
    await press(`${CASE}#${pins[0]!}#`);
    await second.told;
    expect(second.sip.dials).toEqual([]);
    expect(second.sip.callerLeg!.said).toEqual(['hang up ivr-locked']);
    expect(outcomes()).toEqual(['gave-up', 'locked']);
    await house.clock.advanceAsync(seconds(900));
    const third = await dialing(session, stranger);
    await press(`${CASE}#${pins[0]!}#`);
    expect(third.sip.dials).toHaveLength(1);
    third.sip.leak();
    await third.told;
  });

  it('is not led to the telephone that it calls from', async () => {
    house = lateHouse({ tries: 1 });
    const { session, pins } = await openedIn(house, {
      reference: CASE,
      participants: [{ number: '+14155550142', pin: true }, { number: STRANGER }],
    });
    const other = house.directory
      .tenant(ACME)!
      .dids.find((did) => did !== session.participants[1].proxyNumber)!;
    const story = await arrive(house, fromCarrier(`sip:${other}@192.0.2.1`, stranger));
    await keysIn(house, `${CASE}#${pins[0]!}#`);
    expect(story.sip.dials).toEqual([]);
    expect(await ended(story)).toEqual(['ivr-gave-up', 'ivr-gave-up']);
  });

  it('is found by a PIN alone where that may be, on the DID of its session only', async () => {
    const alone = { findBy: { caller: true, case: false, pin: true }, pinDigits: 8, tries: 1 };
    const { session, pins } = await opened(alone);
    const elsewhere = house.directory
      .tenant(ACME)!
      .dids.find((did) => session.participants.every(({ proxyNumber }) => proxyNumber !== did))!;
    const lost = await arrive(house, fromCarrier(`sip:${elsewhere}@192.0.2.1`, stranger));
    await keysIn(house, `${pins[0]!}#`);
    await lost.told;
    expect(lost.sip.dials).toEqual([]);
    const [customer, agent] = session.participants;
    expect(customer.proxyNumber).not.toBe(agent.proxyNumber);
    const other = await dialing(session, { callers: [party('+14155550198')] });
    for (const digit of `${pins[1]!}#`) house.media.endpoints.at(-1)!.press(digit);
    await other.told;
    expect(other.sip.dials).toEqual([]);
    const story = await dialing(session, stranger);
    for (const digit of `${pins[0]!}#`) house.media.endpoints.at(-1)!.press(digit);
    await turns(8);
    expect(calleeOf(story)).toBe('sip:agent.7731@pbx.example');
    story.sip.leak();
    await story.told;
  });

  it('needs no PIN where a case number suffices', async () => {
    const { session } = await opened({ caseSuffices: true });
    const story = await dialing(session, { callers: [] });
    await keysIn(house, `${CASE}#`);
    expect(calleeOf(story)).toBe('sip:agent.7731@pbx.example');
    expect(await talkOf(story)).toEqual(['caller-hung-up', 'ivr-led-on', 'caller-hung-up']);
    expect(outcomes()).toEqual(['found-by-case']);
  });

  it('is handed to the operator, who sees the DID that was dialed', async () => {
    const { session } = await opened({ operator: OPERATOR, tries: 1 });
    const story = await dialing(session, stranger);
    await keysIn(house, `${CASE}#000000#`);
    const did = session.participants[0].proxyNumber;
    expect(heardBy(ivrOf(house)).slice(-2)).toEqual(['ivr-not-found', 'ivr-operator']);
    expect(calleeOf(story)).toBe('sip:queue@pbx.example');
    expect(story.sip.secrets!.dids).toEqual([did, did]);
    expect(story.sip.dials[0]!.dialing.plan.headers['P-Asserted-Identity']).toContain(did);
    expect(await talkOf(story)).toEqual(['caller-hung-up', 'ivr-led-on', 'caller-hung-up']);
    expect(outcomes()).toEqual(['operator']);
  });

  it('may key digits in by INFO, which goes no further', async () => {
    const { session, pins } = await opened();
    const story = await dialing(session, stranger);
    const press = (digit: string): FakeReply => {
      const reply = new FakeReply();
      story.sip.callerLeg!.hears.dtmf({ digit, duration: 160 } as never, reply);
      return reply;
    };
    const replies = Array.from(`${CASE}#`, press);
    await turns(8);
    replies.push(...Array.from(`${pins[0]!}#`, press));
    await turns(8);
    replies.push(press('5'));
    expect(replies.map(({ said }) => said.join())).toEqual(replies.map(() => '200'));
    const callee = story.sip.dials[0]!.answer(audio('198.51.100.77'));
    await turns(8);
    expect(callee.said.filter((what) => what.startsWith('dtmf'))).toEqual([]);
    story.sip.leak();
    await ended(story);
  });
});

describe('what is keyed in', () => {
  it('is written nowhere', async () => {
    const { session, pins } = await opened();
    const story = await dialing(session, stranger);
    await keysIn(house, `${CASE}#`);
    await keysIn(house, `${pins[0]!}#`);
    await talkOf(story);
    const written = await writtenOf(house, story);
    expect(written).toContain('ivr-led-on');
    expect(written).not.toContain(CASE);
    expect(written).not.toContain(pins[0]!);
  });
});
