import { afterEach, describe, expect, it } from 'vitest';
import { verdict } from '../../src/domain/calls/verdict.js';
import type { IvrPolicy } from '../../src/domain/ivr/ivr-policy.js';
import { SipAddress } from '../../src/domain/numbers/party-address.js';
import type { Session } from '../../src/domain/sessions/session.js';
import { later, seconds } from '../../src/domain/time.js';
import type { OpenedSession } from '../../src/flows/open-session.js';
import { MediaFailed } from '../../src/flows/ports/media.js';
import type { Arrival } from '../../src/flows/ports/sip.js';
import { pbxTrunk, trunk, type CallHouse } from '../support/call-house.js';
import type { Story } from '../support/calls.js';
import { audio, turns } from '../support/fake-sip-call.js';
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
  stranger,
  withPins,
} from '../support/ivr-caller.js';

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

describe('whatever ends the dialogue', () => {
  it.each(['greeting', 'case', 'pin'])('the caller may hang up at the %s', async (place) => {
    const { session } = await opened();
    const story = await dialing(session, stranger);
    if (place === 'greeting') ivrOf(house).playing = () => new Promise(() => undefined);
    if (place === 'pin') await keysIn(house, `${CASE}#`);
    story.sip.callerLeg!.hears.hungUp(verdict('caller-hung-up'));
    expect(await ended(story)).toEqual(['caller-hung-up', 'caller-hung-up']);
    expect(ivrOf(house).released).toBe(1);
    expect(outcomes()).toEqual(['hung-up']);
    expect(story.sip.dials).toEqual([]);
  });

  it('gives up on a caller who says nothing', async () => {
    const { session } = await opened();
    const story = await dialing(session, stranger);
    await silence(house, 24_000);
    expect(await ended(story)).toEqual(['ivr-gave-up', 'ivr-gave-up']);
    expect(house.clock.now()).toBe(later(session.createdAt, seconds(24)));
  });

  it('refuses the call unanswered when there is no media server', async () => {
    const { session } = await opened();
    house.media.refusing = 'no-server';
    const story = await dialing(session, stranger);
    expect(story.sip.said).toEqual(['503 media-unavailable']);
    expect(await ended(story)).toEqual(['media-unavailable']);
  });

  it('ends the call as media-lost when the server goes', async () => {
    const { session } = await opened();
    const story = await dialing(session, stranger);
    house.media.server.die();
    expect(await ended(story)).toEqual(['media-lost', 'media-lost']);
    expect(story.sip.callerLeg!.said).toEqual(['hang up media-lost']);
  });

  it('ends the call as media-lost when a prompt cannot be played', async () => {
    const { session } = await opened();
    house.media.server.opening = () => undefined;
    const story = await dialing(session, stranger);
    ivrOf(house).before = () => {
      throw new MediaFailed('not-played');
    };
    await keysIn(house, `${CASE}#`);
    expect(await ended(story)).toEqual(['media-lost', 'media-lost']);
    expect(outcomes()).toEqual(['failed']);
  });

  it('ends the call when the store is lost meanwhile', async () => {
    const { session } = await opened();
    const story = await dialing(session, stranger);
    house.onPort = (operation) => {
      if (operation === 'findByCaseNumber') throw new Error('gone');
    };
    await keysIn(house, `${CASE}#`);
    const reasons = await ended(story);
    expect(reasons).toEqual(['internal-error', 'internal-error']);
    expect(story.sip.callerLeg!.said).toEqual(['hang up internal-error']);
  });

  it('waits for the ACK of a caller who made no offer', async () => {
    const { session } = await opened();
    const story = await dialing(session, { ...stranger, offer: undefined });
    await turns(8);
    expect(heardBy(ivrOf(house))).toEqual([]);
    story.sip.callerLeg!.hears.acknowledged(audio('203.0.113.99'));
    await turns(8);
    expect(heardBy(ivrOf(house))).toEqual(['ivr-greeting', 'ivr-case-number']);
    story.sip.callerLeg!.hears.hungUp(verdict('caller-hung-up'));
    expect(await ended(story)).toEqual(['caller-hung-up', 'caller-hung-up']);
  });
});

it('lets a PBX trunk without targets refuse the operator as no-route', async () => {
  house = lateHouse(
    { operator: SipAddress.parse('sip:queue@pbx.example'), tries: 1 },
    { trunks: [trunk(), pbxTrunk({ targets: [] })] },
  );
  const { session } = await withPins(house);
  const story = await dialing(session, stranger);
  await silence(house, 8000);
  expect((await ended(story))[0]).toBe('no-route');
});
