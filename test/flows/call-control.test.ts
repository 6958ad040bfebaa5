import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verdict } from '../../src/domain/calls/verdict.js';
import type { CallId } from '../../src/domain/records/leg-record.js';
import { controlCall, type CallControl } from '../../src/flows/call-control.js';
import { RenegotiationFailed } from '../../src/flows/ports/sip.js';
import { callHouse, pbxTrunk, trunk, type CallHouse } from '../support/call-house.js';
import { arrive, customerCalls, reasonsOf, toldOf, type Story } from '../support/calls.js';
import { audio, fromPbx, turns } from '../support/fake-sip-call.js';
import { ACME, GLOBEX } from '../support/session-drafts.js';

let house: CallHouse;
const build = (media: 'anchored' | 'direct'): void => {
  house = callHouse({ trunks: [trunk({ media }), pbxTrunk({ media })] });
};
beforeEach(() => build('anchored'));
afterEach(() => house.close());

const callId = async (): Promise<CallId> => (await house.legs())[0]!.callId;
const control = async (tenant = ACME): Promise<CallControl> =>
  controlCall(tenant, await callId(), { records: house.records, calls: house.calls });
const ended = async (story: Story): Promise<(string | undefined)[]> =>
  reasonsOf(await toldOf(house, story));

const ringing = (): ReturnType<typeof customerCalls> =>
  customerCalls(house, { trunk: house.directory.trunk('carrier')! });

async function talking() {
  const story = await ringing();
  const callee = story.sip.dials[0]!.answer(audio('198.51.100.77'));
  await turns(6);
  return { ...story, callee, caller: story.sip.callerLeg! };
}

describe('an order to hang up', () => {
  it('ends the talk of both', async () => {
    const talk = await talking();
    (await control()).hangUp();
    expect(await ended(talk)).toEqual(['ended-by-api', 'ended-by-api']);
    expect([talk.caller.said.at(-1), talk.callee.said.at(-1)]).toEqual([
      'hang up ended-by-api',
      'hang up ended-by-api',
    ]);
    expect((await house.legs()).map(({ endedBy, result }) => [endedBy, result])).toEqual([
      ['system', 'success'],
      ['system', 'success'],
    ]);
  });

  it('ends a call that rings: the callee is called no more, and the caller hears 480', async () => {
    const story = await ringing();
    (await control()).hangUp();
    expect(await ended(story)).toEqual(['cancelled-by-api', 'cancelled-by-api']);
    expect(story.sip.said.at(-1)).toBe('480 cancelled-by-api');
    expect(story.sip.dials[0]!.said).toEqual(['cancel cancelled-by-api']);
  });

  it('needs no media server', async () => {
    house.close();
    build('direct');
    const talk = await talking();
    (await control()).hangUp();
    expect(await ended(talk)).toEqual(['ended-by-api', 'ended-by-api']);
  });

  it('comes too late when the call is over, for whoever still holds it too', async () => {
    const talk = await talking();
    const held = await control();
    talk.caller.hears.hungUp(verdict('caller-hung-up'));
    expect(() => held.hangUp()).toThrow('call-over');
    await expect(held.mute('caller', true)).rejects.toThrow('call-over');
    expect(await ended(talk)).toEqual(['caller-hung-up', 'caller-hung-up']);
    await expect(control()).rejects.toThrow('call-over');
    expect(house.calls.control(ACME, await callId())).toBeUndefined();
  });

  it('finds no call of another tenant', async () => {
    const talk = await talking();
    await expect(control(GLOBEX)).rejects.toThrow('unknown-call');
    expect(house.calls.control(GLOBEX, await callId())).toBeUndefined();
    talk.caller.hears.hungUp(verdict('caller-hung-up'));
    await talk.told;
  });

  it('is not given to an emergency call', async () => {
    house.close();
    house = callHouse({
      tenant: { emergency: { action: 'route', trunk: 'psap' } },
      trunks: [trunk(), pbxTrunk(), trunk({ name: 'psap', targets: ['sip:203.0.113.112'] })],
    });
    const story = await arrive(house, fromPbx('sip:911@192.0.2.1'));
    await expect(control()).rejects.toThrow('emergency-call');
    story.sip.cancel();
    await story.told;
  });
});

describe('an order to mute', () => {
  it('reaches the endpoint of that party alone', async () => {
    const talk = await talking();
    const live = await control();
    await live.mute('caller', true);
    await live.mute('callee', true);
    await live.mute('caller', false);
    const [caller, callee] = house.media.endpoints;
    expect(caller!.said.filter((each) => each.includes('mute'))).toEqual(['mute', 'unmute']);
    expect(callee!.said.filter((each) => each.includes('mute'))).toEqual(['mute']);
    caller!.before = () => {
      throw new Error('the server refuses');
    };
    await expect(live.mute('caller', true)).rejects.toThrow('media-failed');
    talk.caller.hears.hungUp(verdict('caller-hung-up'));
    await talk.told;
  });

  it('waits until both have answered', async () => {
    const story = await ringing();
    await expect((await control()).mute('caller', true)).rejects.toThrow('too-early');
    story.sip.cancel();
    await story.told;
  });

  it('needs a media server', async () => {
    house.close();
    build('direct');
    const talk = await talking();
    await expect((await control()).mute('caller', true)).rejects.toThrow('media-not-anchored');
    talk.caller.hears.hungUp(verdict('caller-hung-up'));
    await talk.told;
  });
});

describe('an order to send digits', () => {
  it('goes to the media server where the media is', async () => {
    const talk = await talking();
    await (await control()).sendDigits('callee', '12#');
    expect(house.media.endpoints[1]!.said).toContain('digits 12#');
    expect(talk.callee.said).toEqual([]);
    talk.caller.hears.hungUp(verdict('caller-hung-up'));
    await talk.told;
  });

  it('goes by INFO where media is direct, and is told when the telephone takes none', async () => {
    house.close();
    build('direct');
    const talk = await talking();
    const live = await control();
    await live.sendDigits('callee', '1#');
    expect(talk.callee.said).toEqual(['dtmf 1', 'dtmf #']);
    talk.callee.sendDtmf = () => Promise.reject(new RenegotiationFailed(415));
    await expect(live.sendDigits('callee', '2')).rejects.toThrow('digits-refused');
    talk.caller.hears.hungUp(verdict('caller-hung-up'));
    await talk.told;
  });
});
