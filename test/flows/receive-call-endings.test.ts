import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallRefused, verdict } from '../../src/domain/calls/verdict.js';
import { millis, seconds } from '../../src/domain/time.js';
import { RenegotiationFailed } from '../../src/flows/ports/sip.js';
import { callHouse, pbxTrunk, trunk, type CallHouse } from '../support/call-house.js';
import { customerCalls, reasonsOf, talking, toldOf, type Story } from '../support/calls.js';
import { audio, FakeReply, turns } from '../support/fake-sip-call.js';

const TWO_TARGETS = [trunk(), pbxTrunk({ targets: ['sip:198.51.100.7', 'sip:198.51.100.8'] })];

let house: CallHouse;
beforeEach(() => {
  house = callHouse({ trunks: TWO_TARGETS });
});
afterEach(() => house.close());

const ended = async (story: Story): Promise<(string | undefined)[]> =>
  reasonsOf(await toldOf(house, story));

const measured = (name: string): unknown[] =>
  house.metrics.calls.filter(([metric]) => metric === name).map(([, ...rest]) => rest);

describe('a call that talks', () => {
  it.each(['caller', 'callee'] as const)('ends when the %s hangs up', async (by) => {
    const talk = await talking(house);
    expect(talk.sip.said).toEqual(['200']);
    await house.clock.advanceAsync(seconds(61));
    talk[by].hears.hungUp(verdict(`${by}-hung-up`));
    const other = by === 'caller' ? talk.callee : talk.caller;
    expect(other.said).toEqual([`hang up ${by}-hung-up`]);
    expect(talk[by].said).toEqual([]);
    const legs = await toldOf(house, talk);
    for (const leg of legs) {
      expect(leg).toMatchObject({
        reason: `${by}-hung-up`,
        status: 'completed',
        endedBy: by,
        sipStatus: 200,
        result: 'success',
      });
    }
    expect(legs).toHaveLength(2);
    expect(measured('callTalked')).toEqual([['from_carrier', seconds(61)]]);
    expect(measured('callEnded')).toEqual([['from_carrier', 'success', `${by}-hung-up`]]);
  });

  it('says in three lines that it arrived, was answered and has ended', async () => {
    const talk = await talking(house);
    talk.caller.hears.hungUp(verdict('caller-hung-up'));
    await ended(talk);
    const lines = house.log.lines.filter(({ level }) => level === 'info');
    const calls = lines.filter(({ message }) => message.startsWith('Call '));
    expect(calls.map(({ message }) => message)).toEqual([
      'Call arrived',
      'Call answered',
      'Call ended',
    ]);
    expect(new Set(calls.map(({ fields }) => fields['callId'])).size).toBe(1);
    expect(JSON.stringify(lines)).not.toMatch(/5550142|7731/);
  });

  it('measures from the INVITE to the first ring, and to the answer', async () => {
    const story = await customerCalls(house);
    const [dial] = story.sip.dials;
    await house.clock.advanceAsync(seconds(2));
    dial!.progress(183);
    expect(measured('callSetup')).toEqual([]);
    dial!.progress(180);
    await house.clock.advanceAsync(seconds(3));
    dial!.progress(183, audio('198.51.100.77'));
    dial!.answer();
    await turns();
    expect(measured('callSetup')).toEqual([['from_carrier', seconds(2)]]);
    expect(measured('callAnswered')).toEqual([['from_carrier', seconds(5)]]);
    story.sip.callerLeg!.hears.hungUp(verdict('caller-hung-up'));
    const [a, b] = await toldOf(house, story);
    expect(a!.ringingAt! - a!.startedAt).toBe(2000);
    expect(b!.ringingAt! - b!.startedAt).toBe(2000);
  });

  it('ends both ways when the guard stops a message', async () => {
    const talk = await talking(house);
    talk.sip.leak();
    expect(talk.caller.said).toEqual(['hang up leak-blocked']);
    expect(talk.callee.said).toEqual(['hang up leak-blocked']);
    expect(await ended(talk)).toEqual(['leak-blocked', 'leak-blocked']);
  });

  it('ends when the engine’s timers end it', async () => {
    const talk = await talking(house);
    talk.caller.hears.hungUp(verdict('ack-timeout'));
    expect(talk.callee.said).toEqual(['hang up ack-timeout']);
    const legs = await toldOf(house, talk);
    expect(legs[0]).toMatchObject({ endedBy: 'system' });
    // It was the carrier that brought no ACK, though the callee is a PBX.
    expect(legs.map(({ result }) => result)).toEqual(['carrier_error', 'carrier_error']);
  });

  it('ends when all calls have to', async () => {
    const talk = await talking(house);
    house.calls.abortAll(verdict('draining'));
    expect(await ended(talk)).toEqual(['draining', 'draining']);
  });

  it('carries what either side changes, and ends when a side knows its dialog no more', async () => {
    const talk = await talking(house);
    const reply = new FakeReply();
    talk.caller.hears.reinvited(audio('203.0.113.98'), reply);
    await turns();
    expect(reply.said).toEqual(['200 198.51.100.77']);
    talk.callee.hears.dtmf({ digit: '5', durationMs: 100 }, new FakeReply());
    talk.callee.hears.updated(undefined, new FakeReply());
    expect(talk.caller.said).toEqual(['dtmf 5']);
    talk.callee.reinvited = () => Promise.reject(new RenegotiationFailed(481));
    talk.caller.hears.reinvited(audio('203.0.113.97'), new FakeReply());
    await turns();
    expect(await ended(talk)).toEqual(['dialog-lost', 'dialog-lost']);
  });
});

describe('a callee that does not answer', () => {
  it.each([
    ['callee-busy', 486, '486 callee-busy'],
    ['callee-declined', 603, '603 callee-declined'],
    ['callee-not-found', 404, '404 callee-not-found'],
    ['trunk-refuses-us', 403, '503 trunk-refuses-us'],
  ] as const)(
    'for %s is the end, and the caller hears it in our words',
    async (reason, status, said) => {
      const story = await customerCalls(house);
      story.sip.dials[0]!.fail(reason, status);
      expect(story.sip.said).toEqual([said]);
      expect(story.sip.dials).toHaveLength(1);
      const [a, b] = await toldOf(house, story);
      expect([a!.reason, b!.reason]).toEqual([reason, reason]);
      expect(a!.sipStatus).toBe(verdict(reason).sip);
      expect(b!.sipStatus).toBe(status);
    },
  );

  it('counts as the fault of the PBX where it is the PBX that is dead, and the log names it', async () => {
    const story = await customerCalls(house);
    story.sip.dials[0]!.fail('trunk-unreachable', 503);
    await turns();
    story.sip.dials[1]!.fail('trunk-unreachable', 503);
    const legs = await toldOf(house, story);
    expect(legs.map(({ result }) => result)).toEqual(['pbx_error', 'pbx_error', 'pbx_error']);
    expect(measured('callEnded')).toEqual([['from_carrier', 'pbx_error', 'trunk-unreachable']]);
    const line = house.log.lines.find(({ message }) => message === 'Call ended');
    expect(line?.fields).toMatchObject({
      trunk: 'carrier',
      callee_trunk: 'pbx',
      trunk_at_fault: 'pbx',
    });
  });

  it('for 503 has another target, which may', async () => {
    const story = await customerCalls(house);
    story.sip.dials[0]!.fail('trunk-overloaded', 503);
    await turns();
    const [first, second] = story.sip.dials;
    expect(second!.dialing.plan.requestUri).toBe('sip:agent.7731@198.51.100.8');
    expect(second!.dialing.plan.callId).not.toBe(first!.dialing.plan.callId);
    second!.answer();
    await turns();
    expect(story.sip.said).toEqual(['200']);
    story.sip.callerLeg!.hears.hungUp(verdict('caller-hung-up'));
    expect(second!.leg!.said).toEqual(['hang up caller-hung-up']);
    expect(await ended(story)).toEqual(['caller-hung-up', 'trunk-overloaded', 'caller-hung-up']);
  });

  it('for 503 from every target is out of reach', async () => {
    const story = await customerCalls(house);
    story.sip.dials[0]!.fail('trunk-overloaded', 503);
    await turns();
    story.sip.dials[1]!.fail('trunk-unreachable');
    expect(story.sip.said).toEqual(['503 trunk-unreachable']);
    expect(await ended(story)).toEqual([
      'trunk-unreachable',
      'trunk-overloaded',
      'trunk-unreachable',
    ]);
  });

  it('for it is silent is cancelled, and the next target is dialed', async () => {
    const story = await customerCalls(house);
    await house.clock.advanceAsync(seconds(20));
    expect(story.sip.dials[0]!.said).toEqual(['cancel trunk-silent']);
    expect(story.sip.dials).toHaveLength(2);
    await house.clock.advanceAsync(seconds(20));
    expect(story.sip.said).toEqual(['504 trunk-silent']);
    expect(await ended(story)).toEqual(['trunk-silent', 'trunk-silent', 'trunk-silent']);
  });

  it('for it rings and rings is given up', async () => {
    const story = await customerCalls(house);
    await house.clock.advanceAsync(seconds(1));
    story.sip.dials[0]!.progress(180);
    await house.clock.advanceAsync(seconds(59));
    expect(story.sip.dials[0]!.said).toEqual(['cancel no-answer']);
    expect(story.sip.said).toEqual(['180', '480 no-answer']);
    expect(await toldOf(house, story)).toMatchObject([
      { status: 'no-answer', endedBy: 'callee' },
      { status: 'no-answer', endedBy: 'callee' },
    ]);
  });

  it('for its INVITE cannot be handed over fails like any other', async () => {
    const session = customerCalls(house);
    const story = await session;
    story.sip.dialing = () => {
      throw new Error('the socket is gone');
    };
    story.sip.dials[0]!.fail('trunk-overloaded', 503);
    await turns();
    expect(story.sip.said).toEqual(['500 internal-error']);
    expect(await ended(story)).toEqual(['internal-error', 'trunk-overloaded', 'internal-error']);
  });

  it('for the guard stopped the INVITE itself is refused, and no other target hears of it', async () => {
    const story = await customerCalls(house);
    story.sip.dialing = () => story.sip.leak();
    story.sip.dials[0]!.fail('trunk-overloaded', 503);
    await turns();
    expect(story.sip.dials).toHaveLength(2);
    story.sip.dials[1]!.fail('trunk-failed');
    expect(story.sip.said).toEqual(['500 leak-blocked']);
    expect(await ended(story)).toEqual(['leak-blocked', 'trunk-overloaded', 'leak-blocked']);
  });
});

describe('an answer that cannot be passed on', () => {
  it.each([
    ['has no SDP', undefined],
    ['has SDP that is no answer', 'v=0\r\nnonsense'],
  ])('for it %s ends the call on both sides', async (_, sdp) => {
    const story = await customerCalls(house);
    // `answer` takes undefined for its default.
    const callee = story.sip.dials[0]!.answer(sdp ?? '');
    await turns();
    expect(story.sip.said).toEqual(['502 callee-answer-unusable']);
    expect(callee.said).toEqual(['hang up callee-answer-unusable']);
    expect(await ended(story)).toEqual(['callee-answer-unusable', 'callee-answer-unusable']);
  });

  it.each([
    ['leak-blocked', '500 leak-blocked'],
    ['internal-error', '500 internal-error'],
  ] as const)(
    'for our 200 did not leave (%s) ends with a refusal all the same',
    async (why, said) => {
      const story = await customerCalls(house);
      story.sip.answering = () => {
        if (why === 'leak-blocked') story.sip.leak();
        return Promise.resolve(new CallRefused(why));
      };
      const callee = story.sip.dials[0]!.answer();
      await turns();
      expect(story.sip.said).toEqual([said]);
      expect(callee.said).toEqual([`hang up ${why}`]);
      expect(await ended(story)).toEqual([why, why]);
    },
  );

  it('for the caller was gone already is a call that the caller cancelled', async () => {
    const story = await customerCalls(house);
    story.sip.answering = () => Promise.resolve(new CallRefused('caller-cancelled'));
    const callee = story.sip.dials[0]!.answer();
    await turns();
    expect(callee.said).toEqual(['hang up caller-cancelled']);
    expect(await ended(story)).toEqual(['caller-cancelled', 'caller-cancelled']);
  });
});

describe('what happens while our 200 is on its way', () => {
  /** The engine says only then that our 200 has left. */
  async function answering(): Promise<Story & { arrived: () => Promise<void> }> {
    const story = await customerCalls(house);
    let release: () => void = () => undefined;
    story.sip.answering = () =>
      new Promise((resolve) => {
        release = () => resolve(undefined);
      });
    story.sip.dials[0]!.answer();
    await turns();
    return {
      ...story,
      arrived: async () => {
        release();
        await turns();
      },
    };
  }

  it('a BYE of the caller in the same read leaves no callee behind', async () => {
    const story = await customerCalls(house);
    const arrived = new Promise<void>((resolve) => {
      story.sip.answering = () => {
        resolve();
        return Promise.resolve(undefined);
      };
    });
    const callee = story.sip.dials[0]!.answer();
    await arrived;
    // The listener was handed over with the 200: ACK and BYE can come before we know the leg.
    story.sip.callerHears!.hungUp(verdict('caller-hung-up'));
    await turns();
    expect(callee.said).toEqual(['hang up caller-hung-up']);
    expect(await ended(story)).toEqual(['caller-hung-up', 'caller-hung-up']);
  });

  it('a BYE of the callee ends the caller’s leg as soon as it is there', async () => {
    const story = await answering();
    story.sip.dials[0]!.leg!.hears.hungUp(verdict('callee-hung-up'));
    await story.arrived();
    expect(story.sip.callerLeg!.said).toEqual(['hang up callee-hung-up']);
    expect(await ended(story)).toEqual(['callee-hung-up', 'callee-hung-up']);
  });

  it('a CANCEL ends both, whichever was faster', async () => {
    const story = await answering();
    story.sip.cancel();
    expect(story.sip.dials[0]!.leg!.said).toEqual(['hang up caller-cancelled']);
    await story.arrived();
    expect(story.sip.callerLeg!.said).toEqual(['hang up caller-cancelled']);
    expect(await ended(story)).toEqual(['caller-cancelled', 'caller-cancelled']);
  });

  it('the loss of the engine ends the call at once, and a 200 that got out is hung up', async () => {
    const story = await answering();
    house.calls.abortAll(verdict('sip-engine-lost'));
    expect(await ended(story)).toEqual(['sip-engine-lost', 'sip-engine-lost']);
    await story.arrived();
    expect(story.sip.callerLeg!.said).toEqual(['hang up sip-engine-lost']);
    expect(measured('callAnswered')).toEqual([]);
  });

  it('a re-INVITE of the callee is too early', async () => {
    const story = await answering();
    const reply = new FakeReply();
    story.sip.dials[0]!.leg!.hears.reinvited(audio('198.51.100.78'), reply);
    await house.clock.advanceAsync(millis(1));
    expect(reply.said).toEqual(['491']);
    story.sip.leak();
    await story.arrived();
    await ended(story);
  });
});
