import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

describe('races inside a call', () => {
  it('ACK and BYE in the same instant as the answer leave no orphan leg', async () => {
    for (let round = 0; round < 10; round += 1) {
      const call = lab.customerCalls();
      const callee = await lab.pbx.nextCall();
      callee.answer();
      await call.answered();
      const bye = call.request('BYE');
      expect((await bye.final()).status).toBe(200);
      await callee.acked();
      await callee.expect('BYE');
    }
    expect(await lastReason(lab.daemon.api)).toBe('caller-hung-up');
  });

  it('BYE of the callee right after its own 200 ends both legs', async () => {
    const call = lab.customerCalls();
    const callee = await lab.pbx.nextCall();
    callee.answer();
    await callee.acked();
    const bye = callee.request('BYE');
    await call.answered();
    await call.expect('BYE');
    expect((await bye.final()).status).toBe(200);
  });

  it('crossing BYEs are both answered 200', async () => {
    const { caller, callee } = await lab.talking();
    const byes = [caller.request('BYE'), callee.request('BYE')];
    for (const bye of byes) expect([200, 481]).toContain((await bye.final()).status);
  });

  it('a second BYE is answered 481', async () => {
    const { caller, callee } = await lab.talking();
    expect((await caller.bye()).status).toBe(200);
    await callee.expect('BYE');
    expect((await caller.bye()).status).toBe(481);
  });

  it('re-INVITE glare: one side at least gets 491, and the call goes on', async () => {
    const { caller, callee } = await lab.talking();
    callee.replies.set('INVITE', 'by-hand');
    caller.replies.set('INVITE', 'by-hand');
    const mine = caller.request('INVITE', { body: sdp({ version: 2 }) });
    const theirs = callee.request('INVITE', { body: sdp({ version: 2 }) });
    // What did get through is answered with glare of our own, as RFC 3261 §14.2 wants.
    for (const side of [caller, callee]) {
      const crossed = await side.expect('INVITE', 300).catch(() => undefined);
      crossed?.reply(491);
    }
    const finals = [(await mine.final()).status, (await theirs.final()).status];
    expect(finals).toContain(491);
    callee.replies.delete('INVITE');
    caller.replies.delete('INVITE');
    expect((await caller.hold()).status).toBe(200);
    await caller.bye();
    await callee.expect('BYE');
  });

  it('a second re-INVITE while one is pending is answered 491 or 500', async () => {
    const { caller, callee } = await lab.talking();
    callee.replies.set('INVITE', 'by-hand');
    const first = caller.request('INVITE', { body: sdp({ version: 2 }) });
    const pending = await callee.expect('INVITE');
    const second = caller.request('INVITE', { body: sdp({ version: 3 }) });
    expect([491, 500]).toContain((await second.final()).status);
    pending.reply(200, { body: sdp({ version: 2 }) });
    expect((await first.final()).status).toBe(200);
    caller.acknowledge(first);
    await caller.bye();
    await callee.expect('BYE');
  });

  it('BYE during a re-INVITE ends the call and answers the re-INVITE', async () => {
    const { caller, callee } = await lab.talking();
    callee.replies.set('INVITE', 'by-hand');
    const reinvite = caller.request('INVITE', { body: sdp({ version: 2 }) });
    await callee.expect('INVITE');
    expect((await caller.bye()).status).toBe(200);
    await callee.expect('BYE');
    expect((await reinvite.final()).status).toBeGreaterThanOrEqual(400);
  });

  it('a new Contact in a re-INVITE is where later requests go', async (test) => {
    skipOnRealDrachtio(test, 'keeps the remote target of the first INVITE');
    const { caller, callee } = await lab.talking();
    const contact = `<sip:moved@${lab.carrier.hostPort}>`;
    expect((await caller.reinvite({ contact })).status).toBe(200);
    await callee.expect('INVITE');
    await callee.bye();
    const bye = await caller.expect('BYE');
    expect(bye.message.uri).toBe(`sip:moved@${lab.carrier.hostPort}`);
  });
});

describe('a lost ACK', () => {
  it('the 200 is repeated, then both legs are hung up', { timeout: 45_000 }, async () => {
    const call = lab.customerCalls();
    const callee = await lab.pbx.nextCall();
    callee.answer();
    await call.response(200);
    await call.response(200, 2000);
    await callee.expect('BYE', 40_000);
    await call.expect('BYE');
    expect(await lastReason(lab.daemon.api)).toBe('ack-timeout');
  });
});
