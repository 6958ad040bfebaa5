import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallRefused, verdict } from '../../src/domain/calls/verdict.js';
import { seconds } from '../../src/domain/time.js';
import { MediaFailed } from '../../src/flows/ports/media.js';
import type { TalkStep } from '../../src/flows/talk-step.js';
import { callHouse, pbxTrunk, trunk, type CallHouse } from '../support/call-house.js';
import { arrive, customerCalls, reasonsOf, toldOf, type Story } from '../support/calls.js';
import { heardAt, type FakeEndpoint } from '../support/fake-media.js';
import { audio, FakeReply, fromPbx, turns } from '../support/fake-sip-call.js';

/** A carrier and a PBX of two targets, whose media both go by the server. */
const TRUNKS = [
  trunk({ media: 'anchored' }),
  pbxTrunk({ media: 'anchored', targets: ['sip:198.51.100.7', 'sip:198.51.100.8'] }),
];

let house: CallHouse;
const build = (talkSteps: readonly TalkStep[] = []): void => {
  house = callHouse({ trunks: TRUNKS, talkSteps });
};
beforeEach(() => build());
afterEach(() => house.close());

const [CALLER, CALLEE] = ['203.0.113.99', '198.51.100.77'];
const endpoints = (): readonly FakeEndpoint[] => house.media.endpoints;
/** Which is whose: the caller's is the one that was opened with an offer. */
const endpointOf = (side: 'caller' | 'callee'): FakeEndpoint => {
  const { requests } = house.media.server;
  const index = requests.findIndex(
    ({ remoteSdp }) => (remoteSdp !== undefined) === (side === 'caller'),
  );
  return endpoints()[index]!;
};
const ended = async (story: Story): Promise<(string | undefined)[]> =>
  reasonsOf(await toldOf(house, story));
const joined = (): boolean => endpointOf('caller').bridgedTo === endpointOf('callee');

async function talking(change: Parameters<typeof customerCalls>[1] = {}) {
  const story = await customerCalls(house, change);
  const callee = story.sip.dials[0]!.answer(audio(CALLEE));
  await turns(6);
  return { ...story, callee, caller: story.sip.callerLeg! };
}

/** A step before the talk, which the test finishes. */
function step() {
  const heard: string[] = [];
  let finish: (error?: Error) => void = () => undefined;
  const it: TalkStep = {
    wanted: () => true,
    run: (call, over) =>
      new Promise((resolve, reject) => {
        heard.push('run');
        call.onDigit('callee', (digit) => heard.push(`digit ${digit}`));
        over.addEventListener('abort', () => heard.push('over'));
        finish = (error) => (error === undefined ? resolve() : reject(error));
      }),
    ended: () => {
      heard.push('ended');
      return Promise.resolve();
    },
  };
  const done = async (error?: Error): Promise<void> => {
    finish(error);
    await turns();
  };
  return { it, heard, done };
}

describe('a call whose media is anchored', () => {
  it('tells each side of its own endpoint only, and lets them hear each other', async () => {
    const talk = await talking();
    const { dialing } = talk.sip.dials[0]!;
    expect(heardAt(dialing.offer!)).toMatch(
      new RegExp(`^192.0.2.50:${endpointOf('callee').port} PCMU,PCMA,telephone-event sendrecv$`),
    );
    expect(heardAt(talk.sip.callerSdp!)).toBe(
      `192.0.2.50:${endpointOf('caller').port} PCMU sendrecv`,
    );
    for (const said of [dialing.offer!, talk.sip.callerSdp!]) {
      expect(said).not.toMatch(/FreeSWITCH|1795294942|someone|203\.0\.113|198\.51\.100/);
    }
    expect(endpointOf('callee').said).toEqual([`modify ${CALLEE}:40000 PCMU sendrecv`]);
    expect(joined()).toBe(true);
    expect(talk.sip.secrets?.directMedia).toBe(false);
    talk.caller.hears.hungUp(verdict('caller-hung-up'));
    expect(await ended(talk)).toEqual(['caller-hung-up', 'caller-hung-up']);
    expect(endpoints().map(({ released }) => released)).toEqual([1, 1]);
  });

  it('is direct when both trunks say so, and anchored when either does not', async () => {
    for (const [carrier, pbx] of [
      ['direct', 'direct'],
      ['anchored', 'direct'],
      ['direct', 'anchored'],
    ] as const) {
      house.close();
      house = callHouse({ trunks: [trunk({ media: carrier }), pbxTrunk({ media: pbx })] });
      const { sip, told } = await customerCalls(house, { trunk: trunk({ media: carrier }) });
      const direct = carrier === 'direct' && pbx === 'direct';
      expect(sip.secrets?.directMedia).toBe(direct);
      expect(endpoints()).toHaveLength(direct ? 0 : 2);
      sip.cancel();
      await told;
    }
  });

  it('is anchored whatever the trunks say when something is to be said to its parties', async () => {
    house.close();
    house = callHouse({ talkSteps: [step().it] });
    const { sip, told } = await customerCalls(house);
    expect(sip.secrets?.directMedia).toBe(false);
    expect(endpoints()).toHaveLength(2);
    sip.cancel();
    await told;
  });

  it('dials nobody, and records no callee, when no media server is to be had', async () => {
    house.media.refusing = 'no-server';
    const story = await customerCalls(house);
    expect(story.sip.said).toEqual(['503 media-unavailable']);
    expect(story.sip.dials).toEqual([]);
    expect(await ended(story)).toEqual(['media-unavailable']);
  });

  it.each([1, 2])(
    'dials nobody when endpoint %i is refused, and releases the other',
    async (nth) => {
      let opened = 0;
      house.media.server.opening = () => {
        opened += 1;
        if (opened === nth) throw new MediaFailed('no-endpoint');
      };
      const story = await customerCalls(house);
      expect(story.sip.said).toEqual(['503 media-unavailable']);
      expect(story.sip.dials).toEqual([]);
      expect(await ended(story)).toEqual(['media-unavailable', 'media-unavailable']);
      expect(endpoints().map(({ released }) => released)).toEqual([1]);
    },
  );

  it('releases endpoints that open when the caller has given up, and dials nobody', async () => {
    let open: () => void = () => undefined;
    const opening = new Promise<void>((resolve) => (open = resolve));
    house.media.server.opening = () => opening;
    const story = await customerCalls(house);
    story.sip.cancel();
    expect(await ended(story)).toEqual(['caller-cancelled', 'caller-cancelled']);
    open();
    await turns();
    expect(endpoints().map(({ released }) => released)).toEqual([1, 1]);
    expect(story.sip.dials).toEqual([]);
  });

  it('offers the next target the same endpoint', async () => {
    const story = await customerCalls(house);
    story.sip.dials[0]!.fail('trunk-overloaded', 503);
    await turns();
    expect(heardAt(story.sip.dials[1]!.dialing.offer!)).toBe(
      heardAt(story.sip.dials[0]!.dialing.offer!),
    );
    expect(endpoints()).toHaveLength(2);
    story.sip.dials[1]!.answer(audio(CALLEE));
    await turns(6);
    expect(joined()).toBe(true);
    story.sip.leak();
    await ended(story);
  });

  it('lets the caller hear early media by way of the endpoints', async () => {
    const story = await customerCalls(house);
    story.sip.dials[0]!.progress(183, audio(CALLEE));
    await turns(6);
    expect(story.sip.said).toEqual(['183 with media']);
    expect(joined()).toBe(true);
    story.sip.dials[0]!.answer(audio(CALLEE));
    await turns(6);
    expect(story.sip.said).toEqual(['183 with media', '200']);
    expect(endpointOf('callee').said.filter((what) => what.startsWith('modify'))).toHaveLength(1);
    expect(endpointOf('caller').said).toEqual([`bridge ${endpointOf('callee').id}`]);
    story.sip.leak();
    await ended(story);
  });

  it('keeps the plain 180 when the early media cannot be used', async () => {
    const story = await customerCalls(house);
    story.sip.dials[0]!.progress(180, 'v=0');
    await turns(6);
    expect(story.sip.said).toEqual(['180']);
    story.sip.cancel();
    await ended(story);
  });

  it('makes offers of its own to both when the caller makes none', async () => {
    const story = await customerCalls(house, { offer: undefined });
    expect(heardAt(story.sip.dials[0]!.dialing.offer!)).toMatch(
      /PCMU,PCMA,telephone-event sendrecv$/,
    );
    const callee = story.sip.dials[0]!.answer(audio(CALLEE));
    await turns(6);
    expect(heardAt(story.sip.callerSdp!)).toMatch(
      /^192\.0\.2\.50:\d+ PCMU,PCMA,telephone-event sendrecv$/,
    );
    expect(endpoints().every(({ bridgedTo }) => bridgedTo === undefined)).toBe(true);
    story.sip.callerLeg!.hears.acknowledged(audio(CALLER));
    await turns(6);
    expect(callee.said).toEqual([]);
    expect(endpoints().every(({ bridgedTo }) => bridgedTo !== undefined)).toBe(true);
    story.sip.leak();
    await ended(story);
  });

  it('carries a hold across, each side at its own endpoint', async () => {
    const talk = await talking();
    talk.callee.hears.reinvited(audio('198.51.100.78', 40002, 'sendonly'), new FakeReply());
    talk.caller.reinvited = (offer) => {
      expect(heardAt(offer!)).toMatch(/^192\.0\.2\.50:\d+ PCMU\S* sendonly$/);
      return Promise.resolve({ sdp: audio(CALLER, 40000, 'recvonly'), acknowledge: undefined });
    };
    await turns(8);
    expect(talk.caller.said).toEqual(['reinvite 192.0.2.50']);
    expect(endpointOf('callee').said.at(-1)).toBe('modify 198.51.100.78:40002 PCMU sendonly');
    expect(endpointOf('caller').said.at(-1)).toBe(`modify ${CALLER}:40000 PCMU recvonly`);
    talk.sip.leak();
    await ended(talk);
  });

  it('passes INFO digits on as ever', async () => {
    const talk = await talking();
    talk.caller.hears.dtmf({ digit: '5', durationMs: 100 }, new FakeReply());
    expect(talk.callee.said).toEqual(['dtmf 5']);
    talk.sip.leak();
    await ended(talk);
  });
});

describe('what comes before the talk', () => {
  it('keeps the parties apart until it is done', async () => {
    const first = step();
    const second = step();
    build([first.it, second.it]);
    const talk = await talking();
    expect([first.heard, second.heard]).toEqual([['run'], []]);
    expect(joined()).toBe(false);
    await first.done();
    expect(second.heard).toEqual(['run']);
    await second.done();
    expect(joined()).toBe(true);
    talk.sip.leak();
    await ended(talk);
    expect(second.heard).toEqual(['run', 'over', 'ended']);
  });

  it('offers nothing but what can be played into', async () => {
    build([step().it]);
    const offer = audio(CALLER).replace('AVP 0', 'AVP 9 0');
    const { sip, told } = await customerCalls(house, { offer });
    expect(heardAt(sip.dials[0]!.dialing.offer!)).toMatch(/ PCMU,PCMA,telephone-event /);
    sip.cancel();
    await told;
  });

  it('hears the digits of a party, of whichever kind, and keeps them from the other', async () => {
    const only = step();
    build([only.it]);
    const talk = await talking();
    endpointOf('callee').press('1');
    talk.callee.hears.dtmf({ digit: '2', durationMs: 100 }, new FakeReply());
    expect(only.heard).toEqual(['run', 'digit 1', 'digit 2']);
    expect(talk.caller.said).toEqual([]);
    talk.sip.leak();
    await ended(talk);
  });

  it('is over when a party hangs up', async () => {
    const only = step();
    build([only.it]);
    const talk = await talking();
    talk.caller.hears.hungUp(verdict('caller-hung-up'));
    expect(await ended(talk)).toEqual(['caller-hung-up', 'caller-hung-up']);
    expect(only.heard).toEqual(['run', 'over', 'ended']);
    await only.done();
    expect(endpoints().map(({ said }) => said.filter((what) => what.startsWith('bridge')))).toEqual(
      [[], []],
    );
  });

  it.each([
    ['the verdict it fails with', new CallRefused('callee-declined'), 'callee-declined'],
    ['media-lost when the server fails it', new MediaFailed('not-played'), 'media-lost'],
    ['internal-error when it has a bug', new TypeError('a bug'), 'internal-error'],
  ])('ends the call with %s', async (_, error, reason) => {
    const only = step();
    build([only.it]);
    const talk = await talking();
    await only.done(error);
    expect(await ended(talk)).toEqual([reason, reason]);
    expect(talk.caller.said).toEqual([`hang up ${reason}`]);
    expect(talk.callee.said).toEqual([`hang up ${reason}`]);
  });

  it('is given 5 s to finish, and then the endpoints go all the same', async () => {
    const stuck: TalkStep = {
      wanted: () => true,
      run: () => Promise.resolve(),
      ended: () => new Promise(() => undefined),
    };
    build([stuck]);
    const talk = await talking();
    talk.sip.leak();
    await turns();
    expect(endpoints().map(({ released }) => released)).toEqual([0, 0]);
    house.clock.advance(seconds(5));
    await talk.told;
    expect(endpoints().map(({ released }) => released)).toEqual([1, 1]);
  });
});

describe('a media server that is lost', () => {
  it('before the answer refuses the caller and cancels the callee', async () => {
    const story = await customerCalls(house);
    house.media.server.die();
    expect(story.sip.said).toEqual(['503 media-unavailable']);
    expect(story.sip.dials[0]!.said).toEqual(['cancel media-unavailable']);
    expect(await ended(story)).toEqual(['media-unavailable', 'media-unavailable']);
  });

  it.each([
    ['server-lost', 'media-lost'],
    ['endpoint-ended', 'media-lost'],
    ['media-timeout', 'media-timeout'],
  ] as const)('in the talk ends the call: %s is %s', async (why, reason) => {
    const talk = await talking();
    endpointOf('callee').lose(why);
    expect(talk.caller.said).toEqual([`hang up ${reason}`]);
    expect(talk.callee.said).toEqual([`hang up ${reason}`]);
    expect(await ended(talk)).toEqual([reason, reason]);
  });

  it('while the answer is on its way refuses the caller, and hangs up the callee', async () => {
    const story = await customerCalls(house);
    endpointOf('callee').before = () => {
      throw new MediaFailed('gone');
    };
    const callee = story.sip.dials[0]!.answer(audio(CALLEE));
    await turns(6);
    expect(story.sip.said).toEqual(['503 media-unavailable']);
    expect(callee.said).toEqual(['hang up media-unavailable']);
    expect(await ended(story)).toEqual(['media-unavailable', 'media-unavailable']);
  });
});

describe('the media of an emergency call', () => {
  const psap = trunk({ name: 'psap', targets: ['sip:203.0.113.112'], media: 'anchored' });
  beforeEach(() => {
    house.close();
    house = callHouse({
      tenant: { emergency: { action: 'route', trunk: 'psap' } },
      trunks: [...TRUNKS, psap],
      talkSteps: [step().it],
    });
  });
  const sos = () => arrive(house, fromPbx('sip:911@192.0.2.1', { trunk: TRUNKS[1]! }));

  it('is direct whatever its trunks say, and nothing is said to its parties', async () => {
    const { sip, told } = await sos();
    expect(heardAt(sip.dials[0]!.dialing.offer!)).toMatch(/^203\.0\.113\.99:40000/);
    sip.dials[0]!.answer(audio(CALLEE));
    await turns();
    expect(heardAt(sip.callerSdp!)).toMatch(/^198\.51\.100\.77:40000/);
    expect(endpoints()).toEqual([]);
    sip.leak();
    await told;
  });

  it('waits for no media server, and outlives all of them', async () => {
    house.media.server.opening = () => new Promise(() => undefined);
    const { sip, told } = await sos();
    sip.dials[0]!.answer(audio(CALLEE));
    await turns();
    house.media.refusing = 'no-server';
    house.media.server.die();
    expect(sip.said).toEqual(['200']);
    expect(sip.callerLeg!.said).toEqual([]);
    sip.leak();
    await told;
  });
});
