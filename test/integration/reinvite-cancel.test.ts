import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../src/phones/call.js';
import type { Exchange, Incoming } from '../../src/phones/exchange.js';
import { SipText } from '../../src/phones/message.js';
import { sdp } from '../../src/phones/sdp.js';
import { skipOnRealDrachtio } from '../support/engine.js';
import { Lab } from '../support/lab.js';
import { allLegsEnded, lastReason } from '../support/settled.js';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open();
});
afterEach(async () => {
  await allLegsEnded(lab.daemon.api);
  expect(lab.leaks()).toEqual([]);
});
afterAll(() => lab.close());

const hold = sdp({ version: 2, direction: 'sendonly', address: '198.51.100.14' });
/** What the callee answered at the start, so that going back needs nobody else. */
const asBefore = sdp();

function cancel(call: Call, reinvite: Exchange): Exchange {
  return lab.carrier.exchange(call.dialog.cancel(new SipText(reinvite.bytes)), reinvite.to);
}

const directionIn = (incoming: Incoming): string =>
  /^a=(sendrecv|sendonly)/m.exec(incoming.message.body)?.[1] ?? 'none';

async function held(): Promise<{ caller: Call; callee: Call; mine: Exchange; pending: Incoming }> {
  const { caller, callee } = await lab.talking();
  callee.replies.set('INVITE', 'by-hand');
  callee.replies.set('CANCEL', { status: 200 });
  const mine = caller.request('INVITE', { body: hold });
  const pending = await callee.expect('INVITE');
  expect(directionIn(pending)).toBe('sendonly');
  return { caller, callee, mine, pending };
}

async function stillTalking(caller: Call, callee: Call): Promise<void> {
  callee.replies.set('INVITE', { status: 200, extras: { body: asBefore } });
  // While the sides are led back to each other another offer is glare, and comes again (RFC 3261 §14.1).
  await expect.poll(async () => (await caller.hold()).status, { timeout: 4000 }).toBe(200);
  expect((await caller.bye()).status).toBe(200);
  await callee.expect('BYE');
  expect(await lastReason(lab.daemon.api)).toBe('caller-hung-up');
}

describe('CANCEL of a re-INVITE', () => {
  beforeEach((test) => {
    skipOnRealDrachtio(test, 'answers the CANCEL of a re-INVITE and tells its application nothing');
  });

  it('goes on to the other side once it is ringing, and the call stays as it was', async () => {
    const { caller, callee, mine, pending } = await held();
    pending.reply(180);
    expect((await cancel(caller, mine).final()).status).toBe(200);
    expect((await mine.final()).status).toBe(487);
    await callee.expect('CANCEL');
    pending.reply(487);
    await callee.expect('ACK');
    await stillTalking(caller, callee);
  });

  it('waits until the other side has said anything (RFC 3261 §9.1)', async () => {
    const { caller, callee, mine, pending } = await held();
    expect((await cancel(caller, mine).final()).status).toBe(200);
    await expect(callee.expect('CANCEL', 300)).rejects.toThrow(/did not come/);
    pending.reply(100);
    await callee.expect('CANCEL');
    pending.reply(487);
    await callee.expect('ACK');
    await stillTalking(caller, callee);
  });

  it('that a 200 crosses: the other side is led back to the former session', async () => {
    const { caller, callee, mine, pending } = await held();
    pending.reply(180);
    expect((await cancel(caller, mine).final()).status).toBe(200);
    await callee.expect('CANCEL');
    pending.reply(200, { body: sdp({ version: 2, direction: 'sendrecv' }) });
    await callee.expect('ACK');
    const back = await callee.expect('INVITE');
    expect(directionIn(back)).toBe('sendrecv');
    expect(back.message.body).toContain('c=IN IP4 198.51.100.14');
    back.reply(200, { body: asBefore });
    await callee.expect('ACK');
    expect((await mine.final()).status).toBe(487);
    await expect(caller.expect('INVITE', 300)).rejects.toThrow(/did not come/);
    await stillTalking(caller, callee);
  });

  it('in the same instant as the 200: the sides agree, whoever won', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { caller, callee, mine, pending } = await held();
      pending.reply(180);
      callee.replies.set('INVITE', { status: 200, extras: { body: asBefore } });
      pending.reply(200, { body: sdp({ version: 2 }) });
      cancel(caller, mine);
      const { status } = await mine.final();
      await callee.expect('ACK');
      if (status === 200) caller.acknowledge(mine);
      else expect(directionIn(await callee.expect('INVITE'))).toBe('sendrecv');
      await stillTalking(caller, callee);
    }
  });

  it('of one without an offer: the other side’s offer is answered with the former session', async () => {
    const { caller, callee } = await lab.talking();
    callee.replies.set('INVITE', 'by-hand');
    callee.replies.set('CANCEL', { status: 200 });
    const mine = caller.request('INVITE');
    const pending = await callee.expect('INVITE');
    pending.reply(180);
    cancel(caller, mine);
    await callee.expect('CANCEL');
    pending.reply(200, { body: asBefore });
    const ack = await callee.expect('ACK');
    expect(ack.message.body).toContain('c=IN IP4 198.51.100.14');
    expect((await mine.final()).status).toBe(487);
    await stillTalking(caller, callee);
  });
});

describe('an answer that is none to its re-INVITE (RFC 3264 §6)', () => {
  it.each([
    ['another number of m-lines', sdp({ mediaLines: ['m=audio 40002 RTP/AVP 0'] })],
    ['garbage', { type: 'application/sdp', text: 'garbage\r\n' }],
    ['nothing', undefined],
  ])('with %s is refused, and who gave it is led back', async (_, body) => {
    const { caller, callee, mine, pending } = await held();
    pending.reply(200, body && { body });
    expect((await mine.final()).status).toBe(488);
    await callee.expect('ACK');
    const back = await callee.expect('INVITE');
    expect(directionIn(back)).toBe('sendrecv');
    back.reply(200, { body: asBefore });
    await callee.expect('ACK');
    await stillTalking(caller, callee);
  });

  it('ends the call on both sides when that side will not go back', async () => {
    const { caller, callee, mine, pending } = await held();
    pending.reply(200, { body: { type: 'application/sdp', text: 'garbage\r\n' } });
    expect((await mine.final()).status).toBe(488);
    (await callee.expect('INVITE')).reply(488);
    await callee.expect('BYE');
    await caller.expect('BYE');
    expect(await lastReason(lab.daemon.api)).toBe('media-not-agreed');
  });
});
