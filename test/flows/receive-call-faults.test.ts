import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verdict } from '../../src/domain/calls/verdict.js';
import { seconds } from '../../src/domain/time.js';
import { StoreError } from '../../src/flows/ports/store-error.js';
import { VaultError } from '../../src/flows/ports/vault.js';
import { receiveCall } from '../../src/flows/receive-call.js';
import { callHouse, pbxTrunk, trunk, type CallHouse } from '../support/call-house.js';
import {
  arrive,
  customerCalls,
  reasonsOf,
  sessionIn,
  talking,
  toldOf,
  type Story,
} from '../support/calls.js';
import { FakeSipCall, fromCarrier, fromPbx, turns, FakeReply } from '../support/fake-sip-call.js';

let house: CallHouse;
beforeEach(() => {
  house = callHouse({ maxCalls: 2 });
});
afterEach(() => house.close());

const away = (): never => {
  throw new StoreError('busy', 'locked');
};

/** Fails the n-th call of `operation`, counted from 1, and all after it. */
function failFrom(n: number, operation: string, failure: Error): void {
  let seen = 0;
  house.onPort = (name) => {
    if (name !== operation) return;
    seen += 1;
    if (seen >= n) throw failure;
  };
}

/** The customer calls after `spoil`, which comes when the session is open. */
async function spoiled(spoil: () => void): Promise<Story> {
  const session = await sessionIn(house);
  spoil();
  return arrive(house, fromCarrier(`sip:${session.participants[0].proxyNumber}@192.0.2.1`));
}

const endings = (): unknown[] =>
  house.metrics.calls.filter(([name]) => name === 'callEnded').map(([, ...rest]) => rest);

describe('what we cannot do without', () => {
  it('without a first record there is no call, and it is counted', async () => {
    const story = await spoiled(() => failFrom(1, 'start', new StoreError('full', 'no room')));
    expect(story.sip.said).toEqual(['503 store-unavailable']);
    expect(story.sip.dials).toEqual([]);
    expect(await toldOf(house, story)).toEqual([]);
    expect(endings()).toEqual([['from_carrier', 'masking_error', 'store-unavailable']]);
  });

  it('without a record of the callee’s leg the callee is not dialed', async () => {
    const story = await spoiled(() => failFrom(2, 'start', new StoreError('busy', 'locked')));
    expect(story.sip.said).toEqual(['503 store-unavailable']);
    expect(story.sip.dials).toEqual([]);
    expect(reasonsOf(await toldOf(house, story))).toEqual(['store-unavailable']);
  });

  it('without records an emergency call goes through, and has its records when the store is back', async () => {
    house.close();
    const psap = trunk({ name: 'psap', targets: ['sip:203.0.113.112'] });
    house = callHouse({
      tenant: { emergency: { action: 'route', trunk: 'psap' } },
      trunks: [trunk(), pbxTrunk(), psap],
    });
    house.onPort = (name) => {
      if (['start', 'update', 'end'].includes(name)) throw new StoreError('full', 'no room');
    };
    const story = await arrive(house, fromPbx('sip:911@192.0.2.1'));
    story.sip.dials[0]!.answer();
    await turns();
    story.sip.callerLeg!.hears.hungUp(verdict('caller-hung-up'));
    await turns();
    expect(await house.legs()).toEqual([]);
    house.onPort = () => undefined;
    await house.clock.advanceAsync(seconds(1));
    const legs = await toldOf(house, story);
    expect(reasonsOf(legs)).toEqual(['caller-hung-up', 'caller-hung-up']);
    expect(legs.every(({ answeredAt }) => answeredAt !== undefined)).toBe(true);
  });

  it('without sessions nobody is found, and nobody is dialed unmasked', async () => {
    const gone = new StoreError('unavailable', 'closed');
    const story = await spoiled(() => failFrom(1, 'findByBinding', gone));
    expect(story.sip.said).toEqual(['503 store-unavailable']);
    expect(reasonsOf(await toldOf(house, story))).toEqual(['store-unavailable']);
  });

  it.each([
    ['reveal', new VaultError('the seal is broken'), 'vault-unavailable'],
    ['keyOf', new VaultError('the key is missing'), 'vault-unavailable'],
    ['find', new StoreError('corrupt', 'not what we wrote'), 'store-unavailable'],
  ])('without the vault’s %s nobody is addressed', async (operation, failure, reason) => {
    const story = await spoiled(() => failFrom(1, operation, failure));
    expect(story.sip.said).toEqual([`503 ${reason}`]);
    expect(story.sip.dials).toEqual([]);
    expect(reasonsOf(await toldOf(house, story))).toEqual([reason]);
  });

  it('what nobody foresaw is our own error, and the log says what', async () => {
    const story = await spoiled(() => failFrom(1, 'findByBinding', new RangeError('a bug')));
    expect(story.sip.said).toEqual(['500 internal-error']);
    await toldOf(house, story);
    const line = house.log.lines.find(({ message }) => message === 'Call failed on the way');
    expect(line?.fields['err']).toMatchObject({ message: 'a bug' });
  });
});

describe('a store that goes away during the call', () => {
  it('does not end it, and every record is complete when the store is back', async () => {
    const talk = await talking(house);
    house.onPort = away;
    talk.caller.hears.dtmf({ digit: '1', durationMs: 100 }, new FakeReply());
    await house.clock.advanceAsync(seconds(30));
    expect(talk.caller.said).toEqual([]);
    expect(talk.callee.said).toEqual(['dtmf 1']);
    talk.callee.hears.hungUp(verdict('callee-hung-up'));
    await talk.told;
    expect(await house.open()).toBe(2);
    house.onPort = () => undefined;
    await house.clock.advanceAsync(seconds(1));
    const legs = await toldOf(house, talk);
    expect(reasonsOf(legs)).toEqual(['callee-hung-up', 'callee-hung-up']);
    for (const leg of legs) expect(leg.endedAt! - leg.answeredAt!).toBe(30_000);
  });

  it('between ringing and answer loses neither', async () => {
    const story = await customerCalls(house);
    house.onPort = away;
    story.sip.dials[0]!.progress(180);
    await house.clock.advanceAsync(seconds(2));
    story.sip.dials[0]!.answer();
    await turns();
    expect(story.sip.said).toEqual(['180', '200']);
    house.onPort = () => undefined;
    story.sip.callerLeg!.hears.hungUp(verdict('caller-hung-up'));
    await house.clock.advanceAsync(seconds(1));
    const [, callee] = await toldOf(house, story);
    expect(callee!.answeredAt! - callee!.ringingAt!).toBe(2000);
  });
});

describe('too many calls, or the last ones', () => {
  it('a call too many is refused with 503, leaves no record and is counted', async () => {
    await customerCalls(house);
    await customerCalls(house);
    const story = await arrive(house, fromCarrier('sip:+14155550001@192.0.2.1'));
    expect(story.sip.said).toEqual(['503 overloaded']);
    expect(story.sip.released).toBe(1);
    expect(await house.open()).toBe(4);
    expect(endings()).toEqual([['from_carrier', 'refused', 'overloaded']]);
  });

  it('a call during a drain is refused, those under way go on until they end', async () => {
    const talk = await talking(house);
    const drained = house.calls.drain();
    const late = await arrive(house, fromCarrier('sip:+14155550001@192.0.2.1'));
    expect(late.sip.said).toEqual(['503 draining']);
    expect(talk.caller.said).toEqual([]);
    talk.caller.hears.hungUp(verdict('caller-hung-up'));
    await drained;
    expect(reasonsOf(await toldOf(house, talk))).toEqual(['caller-hung-up', 'caller-hung-up']);
  });

  it('a call that is aborted while its first record is written is not dialed any more', async () => {
    const session = await sessionIn(house);
    const sip = new FakeSipCall(fromCarrier(`sip:${session.participants[0].proxyNumber}@x`));
    const told = receiveCall(sip, house);
    house.calls.abortAll(verdict('draining'));
    await told;
    expect(sip.dials).toEqual([]);
    expect(sip.said).toEqual(['503 draining']);
    expect(reasonsOf(await toldOf(house, { sip, told }))).toEqual(['draining']);
  });
});

describe('a caller who gives up', () => {
  it('before anything was done hears no more of it', async () => {
    const sip = new FakeSipCall(fromCarrier('sip:+14155550001@192.0.2.1'));
    sip.cancel();
    const told = receiveCall(sip, house);
    expect(reasonsOf(await toldOf(house, { sip, told }))).toEqual(['caller-cancelled']);
    expect(sip.said).toEqual([]);
  });

  it('while it rings has the callee cancelled', async () => {
    const story = await customerCalls(house);
    story.sip.dials[0]!.progress(180);
    story.sip.cancel();
    expect(story.sip.dials[0]!.said).toEqual(['cancel caller-cancelled']);
    expect(await toldOf(house, story)).toMatchObject([
      { reason: 'caller-cancelled', status: 'canceled', sipStatus: 487, endedBy: 'caller' },
      { reason: 'caller-cancelled', status: 'canceled', sipStatus: 487, endedBy: 'caller' },
    ]);
  });

  it('at whatever moment of the way leaves nothing behind', async () => {
    let operations = 0;
    house.onPort = () => (operations += 1);
    const whole = await customerCalls(house);
    whole.sip.cancel();
    await toldOf(house, whole);
    expect(operations).toBeGreaterThan(6);
    house.close();

    for (let n = 1; n <= operations; n += 1) {
      house = callHouse();
      const session = await sessionIn(house);
      const sip = new FakeSipCall(fromCarrier(`sip:${session.participants[0].proxyNumber}@x`));
      let seen = 0;
      house.onPort = () => {
        seen += 1;
        if (seen === n) sip.cancel();
      };
      const told = receiveCall(sip, house);
      await turns();
      sip.cancel();
      const legs = await toldOf(house, { sip, told });
      expect(sip.said).toEqual([]);
      expect(new Set(reasonsOf(legs))).toEqual(new Set(['caller-cancelled']));
      for (const dial of sip.dials) expect(dial.said).toEqual(['cancel caller-cancelled']);
      house.close();
    }
    house = callHouse();
  });
});
