import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verdict } from '../../src/domain/calls/verdict.js';
import { minutes, seconds } from '../../src/domain/time.js';
import { keepExpiring } from '../../src/flows/expire-sessions.js';
import { callHouse, type CallHouse } from '../support/call-house.js';
import { arrive, customerCalls, reasonsOf, sessionIn, talking, toldOf } from '../support/calls.js';
import { fromCarrier } from '../support/fake-sip-call.js';

let house: CallHouse;
beforeEach(() => {
  house = callHouse();
});
afterEach(() => house.close());

const hours = (n: number) => minutes(60 * n);
const jumps = [hours(2), hours(-2)];
const spelled = (by: number): string => (by > 0 ? 'forward' : 'back');

describe('when somebody sets the clock of the machine', () => {
  it.each(jumps)('by %d ms a call that rings is given up after its own time', async (by) => {
    const story = await customerCalls(house);
    story.sip.dials[0]!.progress(180);
    await house.clock.advanceAsync(seconds(30));
    house.clock.set(by);
    await house.clock.advanceAsync(seconds(29));
    expect(story.sip.said, spelled(by)).toEqual(['180']);
    await house.clock.advanceAsync(seconds(1));
    const legs = await toldOf(house, story);
    expect(reasonsOf(legs)).toEqual(['no-answer', 'no-answer']);
  });

  it.each(jumps)('by %d ms a call that talks goes on, and no figure is negative', async (by) => {
    const talk = await talking(house);
    await house.clock.advanceAsync(seconds(10));
    house.clock.set(by);
    await house.clock.advanceAsync(seconds(10));
    expect([...talk.caller.said, ...talk.callee.said]).toEqual([]);
    talk.caller.hears.hungUp(verdict('caller-hung-up'));
    await toldOf(house, talk);
    const talked = by > 0 ? by + seconds(20) : 0;
    expect(house.metrics.calls).toContainEqual(['callTalked', 'from_carrier', talked]);
  });

  it('forward, a session whose time has passed is refused at once and swept soon', async () => {
    const session = await sessionIn(house);
    const sweeper = keepExpiring(house, seconds(5));
    house.clock.set(hours(2));
    const uri = `sip:${session.participants[0].proxyNumber}@192.0.2.1`;
    const { sip, told } = await arrive(house, fromCarrier(uri));
    await told;
    expect(sip.said).toEqual(['480 session-expired']);
    await house.clock.advanceAsync(seconds(5));
    expect(house.metrics.calls).toContainEqual(['sessionEnded', 'expired', 1]);
    sweeper.stop();
  });

  it('back, a session lives until the clock shows its time', async () => {
    const session = await sessionIn(house);
    const uri = `sip:${session.participants[0].proxyNumber}@192.0.2.1`;
    house.clock.set(hours(-2));
    await house.clock.advanceAsync(minutes(179));
    const early = await arrive(house, fromCarrier(uri));
    expect(early.sip.dials).toHaveLength(1);
    early.sip.dials[0]!.fail('callee-busy', 486);
    await early.told;
    await house.clock.advanceAsync(minutes(1));
    const late = await arrive(house, fromCarrier(uri));
    await late.told;
    expect(late.sip.said).toEqual(['480 session-expired']);
  });
});
