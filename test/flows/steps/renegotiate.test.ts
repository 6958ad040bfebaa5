import { beforeEach, describe, expect, it } from 'vitest';
import { seconds } from '../../../src/domain/time.js';
import {
  RenegotiationFailed,
  type LegListener,
  type Reinvited,
} from '../../../src/flows/ports/sip.js';
import { DirectMedia } from '../../../src/flows/steps/direct-media.js';
import { otherSide, type Side } from '../../../src/flows/steps/media-path.js';
import { OwnDescriptions } from '../../../src/flows/steps/own-descriptions.js';
import { Renegotiation } from '../../../src/flows/steps/renegotiate.js';
import { audio, FakeLeg, FakeReply, turns } from '../../support/fake-sip-call.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FixedIds } from '../../support/fixed-ids.js';

const deaf = {} as LegListener;
/** What each side offers first; then a hold, which is a change. */
const MEDIA = { caller: audio('203.0.113.99'), callee: audio('198.51.100.77') };
const HOLD = audio('203.0.113.99', 40000, 'sendonly');

let legs: Record<Side, FakeLeg | undefined>;
let lost: string[];
let talks: Renegotiation;
let clock: FakeClock;

beforeEach(async () => {
  legs = { caller: new FakeLeg(deaf), callee: new FakeLeg(deaf) };
  for (const side of ['caller', 'callee'] as const) {
    legs[side]!.reinvited = () => Promise.resolve({ sdp: MEDIA[side], acknowledge: undefined });
    legs[side]!.updated = () => Promise.resolve(MEDIA[side]);
  }
  lost = [];
  const own = new OwnDescriptions(new FixedIds(), '192.0.2.1');
  const media = new DirectMedia(own, MEDIA.caller);
  await media.inviteCallee();
  await media.answerCaller(MEDIA.callee);
  clock = new FakeClock();
  talks = new Renegotiation({
    media: () => media,
    clock,
    ids: new FixedIds(),
    leg: (side) => legs[side],
    lost: (why) => lost.push(why),
  });
});

async function reinvite(from: Side, offer?: string): Promise<FakeReply> {
  const reply = new FakeReply();
  talks.reinvited(from, offer, reply);
  await turns();
  return reply;
}

async function update(from: Side, offer?: string): Promise<FakeReply> {
  const reply = new FakeReply();
  talks.updated(from, offer, reply);
  await turns();
  return reply;
}

/** The peer takes its time; `done` is its answer. */
function slowly(leg: FakeLeg): (outcome: Reinvited | RenegotiationFailed) => Promise<void> {
  let finish: (outcome: Reinvited | RenegotiationFailed) => void = () => undefined;
  leg.reinvited = () =>
    new Promise((resolve, reject) => {
      finish = (outcome) =>
        outcome instanceof RenegotiationFailed ? reject(outcome) : resolve(outcome);
    });
  return (outcome) => {
    finish(outcome);
    return turns();
  };
}

const failing = (status: number) => () => Promise.reject(new RenegotiationFailed(status));

describe('a re-INVITE with an offer', () => {
  it.each(['caller', 'callee'] as const)(
    'of the %s crosses, and so does the answer',
    async (from) => {
      const reply = await reinvite(from, HOLD);
      expect(legs[otherSide(from)]!.said).toEqual(['reinvite 203.0.113.99']);
      expect(reply.said).toEqual([`200 ${from === 'caller' ? '198.51.100.77' : '203.0.113.99'}`]);
      expect(lost).toEqual([]);
    },
  );

  it('that is offered again as it was refreshes the session, and stays on its leg', async () => {
    const first = await reinvite('caller', HOLD);
    const second = await reinvite('caller', HOLD);
    expect(second.sdp).toBe(first.sdp);
    expect(legs.callee!.said).toHaveLength(1);
  });

  it('crosses again when the other side has changed the session meanwhile', async () => {
    await reinvite('caller', HOLD);
    await reinvite('callee', MEDIA.callee);
    await reinvite('caller', HOLD);
    expect(legs.callee!.said).toHaveLength(2);
  });

  it('crosses again when its side has let the other offer meanwhile', async () => {
    await reinvite('caller', HOLD);
    legs.callee!.reinvited = () =>
      Promise.resolve({ sdp: MEDIA.callee, acknowledge: () => undefined });
    await reinvite('caller');
    talks.acknowledged('caller', MEDIA.caller);
    await turns();
    await reinvite('caller', HOLD);
    expect(legs.callee!.said).toHaveLength(3);
  });

  it.each(['caller', 'callee'] as const)(
    'while one is open is glare: 491, also of the %s',
    async (second) => {
      const done = slowly(legs.callee!);
      const first = await reinvite('caller', HOLD);
      expect((await reinvite(second, MEDIA[second])).said).toEqual(['491']);
      expect((await update(second, MEDIA[second])).said).toEqual(['491']);
      await done({ sdp: MEDIA.callee, acknowledge: undefined });
      expect(first.said).toEqual(['200 198.51.100.77']);
      legs.callee!.reinvited = () => Promise.resolve({ sdp: MEDIA.callee, acknowledge: undefined });
      expect((await reinvite(second, audio('192.0.2.77'))).said[0]).toMatch(/^200/);
    },
  );

  it('is glare as long as the other leg is not there yet', async () => {
    legs.caller = undefined;
    expect((await reinvite('callee', MEDIA.callee)).said).toEqual(['491']);
  });

  it('that the peer has glare for is answered with glare', async () => {
    legs.callee!.reinvited = failing(491);
    expect((await reinvite('caller', HOLD)).said).toEqual(['491']);
    expect(lost).toEqual([]);
  });

  it.each([488, 415, 500, 503])(
    'that the peer refuses with %i leaves the call as it was',
    async (status) => {
      legs.callee!.reinvited = failing(status);
      expect((await reinvite('caller', HOLD)).said).toEqual(['488']);
      expect(lost).toEqual([]);
      legs.callee!.reinvited = () => Promise.resolve({ sdp: MEDIA.callee, acknowledge: undefined });
      expect((await reinvite('caller', HOLD)).said).toEqual(['200 198.51.100.77']);
    },
  );

  it.each([404, 408, 410, 481, 604])('ends the call when the peer is gone: %i', async (status) => {
    legs.callee!.reinvited = failing(status);
    expect((await reinvite('caller', HOLD)).said).toEqual(['500']);
    expect(lost).toEqual(['dialog-lost']);
  });

  it('that cannot be read is refused and never reaches the peer', async () => {
    expect((await reinvite('caller', 'v=0\r\nnonsense')).said).toEqual(['488']);
    expect(legs.callee!.said).toEqual([]);
  });
});

describe('a change that one side took and the other will not have', () => {
  /** What the callee is offered, by connection address, and what it answers in turn. */
  let offered: (string | undefined)[];
  const calleeAnswers = (...answers: (string | number)[]): void => {
    offered = [];
    legs.callee!.reinvited = (offer) => {
      offered.push(offer);
      const answer = answers.shift() ?? MEDIA.callee;
      return typeof answer === 'number'
        ? Promise.reject(new RenegotiationFailed(answer))
        : Promise.resolve({ sdp: answer, acknowledge: undefined });
    };
  };
  const directionIn = (sdp: string | undefined): string =>
    /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(sdp ?? '')?.[1] ?? 'none';
  const versionIn = (sdp: string | undefined): number =>
    Number(/^o=- \d+ (\d+)/m.exec(sdp ?? '')?.[1]);

  it.each([
    ['is none', 'garbage'],
    ['is missing', ''],
    ['has another number of m-lines', `${MEDIA.callee}m=audio 40002 RTP/AVP 0\r\n`],
  ])('is taken back when the answer %s (RFC 3264 §6)', async (_, answer) => {
    calleeAnswers(answer);
    expect((await reinvite('caller', HOLD)).said).toEqual(['488']);
    expect(offered.map(directionIn)).toEqual(['sendonly', 'sendrecv']);
    expect(versionIn(offered[1])).toBe(versionIn(offered[0]) + 1);
    expect(lost).toEqual([]);
    expect(legs.caller!.said).toEqual([]);
    expect((await reinvite('caller', HOLD)).said).toEqual(['200 198.51.100.77']);
  });

  it('is taken back by re-INVITE when it came by UPDATE', async () => {
    legs.callee!.updated = () => Promise.resolve('garbage');
    calleeAnswers();
    expect((await update('caller', HOLD)).said).toEqual(['488']);
    expect(offered.map(directionIn)).toEqual(['sendrecv']);
  });

  it('is cancelled where it is not taken yet, and the call goes on as it was', async () => {
    const done = slowly(legs.callee!);
    const reply = await reinvite('caller', HOLD);
    reply.cancel();
    expect(legs.callee!.said).toEqual(['reinvite 203.0.113.99', 'cancel']);
    await done(new RenegotiationFailed(487));
    expect([reply.said, lost]).toEqual([[], []]);
    expect(legs.callee!.said).toHaveLength(2);
  });

  it('is taken back when the answer crosses the CANCEL', async () => {
    const done = slowly(legs.callee!);
    const reply = await reinvite('caller', HOLD);
    reply.cancel();
    const answered = done({ sdp: MEDIA.callee, acknowledge: undefined });
    calleeAnswers();
    await answered;
    expect(offered.map(directionIn)).toEqual(['sendrecv']);
    expect([reply.said, lost]).toEqual([[], []]);
  });

  it('is taken back when the CANCEL crosses our 200', async () => {
    const reply = new FakeReply();
    reply.tooLate = true;
    calleeAnswers();
    talks.reinvited('caller', HOLD, reply);
    await turns();
    expect(offered.map(directionIn)).toEqual(['sendonly', 'sendrecv']);
    expect(lost).toEqual([]);
  });

  it('lets nothing else begin before it is taken back', async () => {
    calleeAnswers('garbage', 491);
    await reinvite('caller', HOLD);
    expect((await reinvite('callee', MEDIA.callee)).said).toEqual(['491']);
    clock.advance(seconds(4));
    await turns();
    expect(offered.map(directionIn)).toEqual(['sendonly', 'sendrecv', 'sendrecv']);
    expect((await reinvite('callee', MEDIA.callee)).said).toEqual(['200 203.0.113.99']);
  });

  it('waits out glare on the way back, but not for ever', async () => {
    calleeAnswers('garbage', 491, 491, 491, 491, 491);
    await reinvite('caller', HOLD);
    for (let i = 0; i < 6; i += 1) {
      clock.advance(seconds(4));
      await turns();
    }
    expect(offered).toHaveLength(5);
    expect(lost).toEqual(['media-not-agreed']);
  });

  it.each([
    [488, 'media-not-agreed'],
    [481, 'dialog-lost'],
  ])('ends the call when the way back is refused with %i', async (status, why) => {
    calleeAnswers('garbage', status);
    await reinvite('caller', HOLD);
    expect(lost).toEqual([why]);
  });

  it('makes the other side follow when the way back leads to another address', async () => {
    calleeAnswers('garbage', audio('198.51.100.78'));
    await reinvite('caller', HOLD);
    expect(legs.caller!.said).toEqual(['reinvite 198.51.100.78']);
    expect(lost).toEqual([]);
  });

  it('ends the call when that side then moves too', async () => {
    calleeAnswers('garbage', audio('198.51.100.78'));
    legs.caller!.reinvited = () =>
      Promise.resolve({ sdp: audio('203.0.113.98'), acknowledge: undefined });
    await reinvite('caller', HOLD);
    expect(lost).toEqual(['media-not-agreed']);
  });

  it('without an offer: the peer’s is answered with what was in force', async () => {
    const answered: string[] = [];
    legs.callee!.reinvited = () =>
      Promise.resolve({ sdp: MEDIA.callee, acknowledge: (sdp) => answered.push(sdp) });
    const reply = new FakeReply();
    reply.cancel();
    talks.reinvited('caller', undefined, reply);
    await turns();
    expect(answered.map((sdp) => /^c=IN IP4 (.*)\r$/m.exec(sdp)?.[1])).toEqual(['203.0.113.99']);
    expect([reply.said, lost, legs.caller!.said]).toEqual([[], [], []]);
    expect((await reinvite('callee', MEDIA.callee)).said).toEqual(['200 203.0.113.99']);
  });
});

describe('a re-INVITE without offer', () => {
  const answered: string[] = [];
  beforeEach(() => {
    answered.length = 0;
    legs.callee!.reinvited = () =>
      Promise.resolve({ sdp: MEDIA.callee, acknowledge: (sdp) => answered.push(sdp) });
  });

  it('asks the peer for an offer, and the ACK brings it the answer', async () => {
    const reply = await reinvite('caller');
    expect(legs.callee!.said).toEqual(['reinvite without offer']);
    expect(reply.said).toEqual(['200 198.51.100.77']);
    talks.acknowledged('caller', MEDIA.caller);
    await turns();
    expect(answered).toHaveLength(1);
    expect(answered[0]).toContain('c=IN IP4 203.0.113.99');
  });

  it('stays open until the ACK, and then no longer', async () => {
    await reinvite('caller');
    expect((await reinvite('callee', MEDIA.callee)).said).toEqual(['491']);
    talks.acknowledged('callee', undefined);
    expect((await reinvite('callee', MEDIA.callee)).said).toEqual(['491']);
    talks.acknowledged('caller', MEDIA.caller);
    await turns();
    expect((await reinvite('callee', MEDIA.callee)).said[0]).toMatch(/^200/);
  });

  it.each([
    ['brings no answer', undefined],
    ['brings no answer to that offer', 'garbage'],
  ])('ends the call when the ACK %s: the peer would wait for ever', async (_, answer) => {
    await reinvite('caller');
    talks.acknowledged('caller', answer);
    await turns();
    expect(answered).toEqual([]);
    expect(lost).toEqual(['media-not-agreed']);
  });

  it('ends the call when the peer’s offer cannot be passed on: nobody could answer it', async () => {
    legs.callee!.reinvited = () =>
      Promise.resolve({ sdp: 'garbage', acknowledge: (sdp) => answered.push(sdp) });
    expect((await reinvite('caller')).said).toEqual(['488']);
    expect(lost).toEqual(['media-not-agreed']);
  });

  it('leaves the call as it was when the peer refuses', async () => {
    legs.callee!.reinvited = failing(488);
    expect((await reinvite('caller')).said).toEqual(['488']);
    expect(lost).toEqual([]);
  });

  it('takes an ACK that nobody waits for for nothing', () => {
    talks.acknowledged('caller', MEDIA.caller);
    talks.acknowledged('callee', undefined);
    expect(lost).toEqual([]);
  });
});

describe('an UPDATE', () => {
  it('without SDP refreshes the session timer of its leg, and nothing crosses', async () => {
    expect((await update('callee')).said).toEqual(['200']);
    expect(legs.caller!.said).toEqual([]);
  });

  it('crosses as UPDATE where the peer allows it, else as re-INVITE', async () => {
    expect((await update('caller', HOLD)).said).toEqual(['200 198.51.100.77']);
    legs.callee!.allowsUpdate = false;
    await update('caller', MEDIA.caller);
    expect(legs.callee!.said).toEqual(['update 203.0.113.99', 'reinvite 203.0.113.99']);
  });

  it('is refused when the peer’s 200 brings no answer', async () => {
    legs.callee!.updated = () => Promise.resolve(undefined);
    expect((await update('caller', HOLD)).said).toEqual(['488']);
  });
});

describe('a DTMF digit', () => {
  const digit = { digit: '5', durationMs: 160 };

  it('is answered at once and crosses', () => {
    const reply = new FakeReply();
    talks.dtmf('caller', digit, reply);
    expect(reply.said).toEqual(['200']);
    expect(legs.callee!.said).toEqual(['dtmf 5']);
  });

  it('is lost when the peer refuses it or is not there, as on any line', async () => {
    legs.callee!.sendDtmf = () => Promise.reject(new RenegotiationFailed(415));
    talks.dtmf('caller', digit, new FakeReply());
    legs.callee = undefined;
    talks.dtmf('caller', digit, new FakeReply());
    await turns();
    expect(lost).toEqual([]);
  });
});
