import { beforeEach, describe, expect, it } from 'vitest';
import {
  RenegotiationFailed,
  type LegListener,
  type Reinvited,
} from '../../../src/flows/ports/sip.js';
import { MediaPath, otherSide, type Side } from '../../../src/flows/steps/media-path.js';
import { Renegotiation } from '../../../src/flows/steps/renegotiate.js';
import { audio, FakeLeg, FakeReply, turns } from '../../support/fake-sip-call.js';
import { FixedIds } from '../../support/fixed-ids.js';

const deaf = {} as LegListener;
/** What each side offers first; then a hold, which is a change. */
const MEDIA = { caller: audio('203.0.113.99'), callee: audio('198.51.100.77') };
const HOLD = audio('203.0.113.99', 40000, 'sendonly');

let legs: Record<Side, FakeLeg | undefined>;
let lost: string[];
let talks: Renegotiation;

beforeEach(() => {
  legs = { caller: new FakeLeg(deaf), callee: new FakeLeg(deaf) };
  for (const side of ['caller', 'callee'] as const) {
    legs[side]!.reinvited = () => Promise.resolve({ sdp: MEDIA[side], acknowledge: undefined });
    legs[side]!.updated = () => Promise.resolve(MEDIA[side]);
  }
  lost = [];
  const media = new MediaPath(new FixedIds(), '192.0.2.1');
  media.offer('callee', MEDIA.caller);
  media.answer('caller', MEDIA.callee);
  talks = new Renegotiation({ media, leg: (side) => legs[side], lost: (why) => lost.push(why) });
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

  it('is refused when the peer’s answer is none to it', async () => {
    legs.callee!.reinvited = () => Promise.resolve({ sdp: 'garbage', acknowledge: undefined });
    expect((await reinvite('caller', HOLD)).said).toEqual(['488']);
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
    expect(answered).toHaveLength(1);
    expect(answered[0]).toContain('c=IN IP4 203.0.113.99');
  });

  it('stays open until the ACK, and then no longer', async () => {
    await reinvite('caller');
    expect((await reinvite('callee', MEDIA.callee)).said).toEqual(['491']);
    talks.acknowledged('callee', undefined);
    expect((await reinvite('callee', MEDIA.callee)).said).toEqual(['491']);
    talks.acknowledged('caller', MEDIA.caller);
    expect((await reinvite('callee', MEDIA.callee)).said[0]).toMatch(/^200/);
  });

  it.each([
    ['brings no answer', undefined],
    ['brings no answer to that offer', 'garbage'],
  ])('ends the call when the ACK %s: the peer would wait for ever', async (_, answer) => {
    await reinvite('caller');
    talks.acknowledged('caller', answer);
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
