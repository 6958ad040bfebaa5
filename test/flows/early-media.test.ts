import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TalkStep } from '../../src/flows/talk-step.js';
import { callHouse, pbxTrunk, trunk, type CallHouse } from '../support/call-house.js';
import { customerCalls, toldOf, type Story } from '../support/calls.js';
import type { FakeEndpoint } from '../support/fake-media.js';
import { audio, turns } from '../support/fake-sip-call.js';

/** A carrier and a PBX of two targets, whose media both go by the server. */
const TRUNKS = [
  trunk({ media: 'anchored' }),
  pbxTrunk({ media: 'anchored', targets: ['sip:198.51.100.7', 'sip:198.51.100.8'] }),
];
const [FIRST, SECOND] = ['198.51.100.77', '198.51.100.88'];

let house: CallHouse;
let steps: string[];
/** A prompt, such as that the call is recorded, which the test lets end. */
let prompted: () => void;
const prompt: TalkStep = {
  wanted: () => true,
  run: () =>
    new Promise((resolve) => {
      steps.push('prompt');
      prompted = resolve;
    }),
};
const build = (talkSteps: readonly TalkStep[]): void => {
  steps = [];
  house = callHouse({ trunks: TRUNKS, talkSteps });
};
afterEach(() => house.close());

const endpointOf = (side: 'caller' | 'callee'): FakeEndpoint => {
  const { requests, endpoints } = house.media.server;
  const index = requests.findIndex(
    ({ remoteSdp }) => (remoteSdp !== undefined) === (side === 'caller'),
  );
  return endpoints[index]!;
};
const joined = (): boolean => endpointOf('caller').bridgedTo !== undefined;

async function over(story: Story): Promise<void> {
  story.sip.leak();
  await toldOf(house, story);
}

describe('early media of a call before which something is said or recorded', () => {
  beforeEach(() => build([prompt]));

  it('reaches nobody: the caller learns that it rings, and the two are not joined', async () => {
    const story = await customerCalls(house);
    story.sip.dials[0]!.progress(183, audio(FIRST));
    await turns(6);
    expect(story.sip.said).toEqual(['180']);
    expect(joined()).toBe(false);
    expect(endpointOf('callee').said).toEqual([]);
    await over(story);
    expect(steps).toEqual([]);
  });

  it('is heard only after that, when the callee has answered', async () => {
    const story = await customerCalls(house);
    const [dial] = story.sip.dials;
    dial!.progress(180, audio(FIRST));
    await turns(6);
    dial!.answer(audio(FIRST));
    await turns(6);
    expect(story.sip.said).toEqual(['180', '200']);
    expect([steps, joined()]).toEqual([['prompt'], false]);
    prompted();
    await turns(6);
    expect(joined()).toBe(true);
    await over(story);
  });
});

describe('early media of a target that fails', () => {
  beforeEach(() => build([]));

  it('ends with it: while the next one rings, the caller is joined with nobody', async () => {
    const story = await customerCalls(house);
    story.sip.dials[0]!.progress(183, audio(FIRST));
    await turns(6);
    expect(joined()).toBe(true);
    story.sip.dials[0]!.fail('trunk-overloaded', 503);
    await turns(6);
    expect(story.sip.dials).toHaveLength(2);
    expect(joined()).toBe(false);
    expect(endpointOf('callee').said.at(-1)).toBe(`modify ${FIRST}:40000 PCMU inactive`);
    story.sip.dials[1]!.answer(audio(SECOND));
    await turns(6);
    expect(endpointOf('callee').said.at(-1)).toBe(`modify ${SECOND}:40000 PCMU sendrecv`);
    expect(joined()).toBe(true);
    await over(story);
  });

  it('joins nobody when the server takes its time and the next target rings already', async () => {
    const story = await customerCalls(house);
    let agreed: () => void = () => undefined;
    endpointOf('callee').before = () => new Promise((resolve) => (agreed = resolve));
    story.sip.dials[0]!.progress(183, audio(FIRST));
    await turns();
    story.sip.dials[0]!.fail('trunk-overloaded', 503);
    await turns();
    endpointOf('callee').before = () => undefined;
    agreed();
    await turns(6);
    expect(story.sip.dials).toHaveLength(2);
    expect(joined()).toBe(false);
    expect(story.sip.said).toEqual([]);
    await over(story);
  });
});
