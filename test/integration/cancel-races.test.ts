import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { skipOnRealDrachtio } from '../support/engine.js';
import { Lab } from '../support/lab.js';
import { allLegsEnded, lastReason } from '../support/settled.js';
import { newTag } from '../../src/phones/compose.js';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open();
});
afterEach(async () => {
  await allLegsEnded(lab.daemon.api);
  expect(lab.leaks()).toEqual([]);
});
afterAll(() => lab.close());

describe('CANCEL races', () => {
  it('INVITE and CANCEL back to back: 487, and the callee is released if it was reached', async () => {
    const call = lab.customerCalls();
    const cancel = call.cancel();
    expect((await cancel.final()).status).toBe(200);
    expect((await call.final()).status).toBe(487);
    const reached = await lab.pbx.nextCall(400).catch(() => undefined);
    // A CANCEL may leave only after a provisional response (RFC 3261 §9.1): give one.
    reached?.ring();
    await reached?.cancelled();
    expect(await lastReason(lab.daemon.api)).toBe('caller-cancelled');
  });

  it('CANCEL before any 18x waits for one, then goes to the callee', async () => {
    const call = lab.customerCalls();
    const callee = await lab.pbx.nextCall();
    expect((await call.cancel().final()).status).toBe(200);
    expect((await call.final()).status).toBe(487);
    await expect(callee.cancelled(300)).rejects.toThrow(/did not come/);
    callee.ring();
    await callee.cancelled();
    await callee.acked();
  });

  it('a 200 that comes after the CANCEL is acknowledged and hung up; the caller sees 487', async () => {
    const call = lab.customerCalls();
    const callee = await lab.pbx.nextCall();
    callee.replies.set('CANCEL', { status: 200 });
    callee.ring();
    await call.ringing();
    expect((await call.cancel().final()).status).toBe(200);
    expect((await call.final()).status).toBe(487);
    await callee.cancelled();
    callee.answer();
    await callee.acked();
    await callee.expect('BYE');
  });

  it('a 200 in the same instant as the CANCEL leaves no orphan', async () => {
    const call = lab.customerCalls();
    const callee = await lab.pbx.nextCall();
    callee.ring();
    await call.ringing();
    callee.answer();
    call.cancel();
    const final = await call.final();
    await callee.acked();
    if (final.status === 200) {
      // The answer won: RFC 3261 §9.2 lets the call stand, and the caller hangs up.
      call.dialog.learnFromResponse(final);
      call.acknowledge(call.invitation);
      await call.bye();
    }
    await callee.expect('BYE');
  });

  it('486 crosses CANCEL: the caller gets one final response', async () => {
    const call = lab.customerCalls();
    const callee = await lab.pbx.nextCall();
    callee.ring();
    await call.ringing();
    callee.refuse(486);
    call.cancel();
    expect([486, 487]).toContain((await call.final()).status);
    await callee.acked();
  });

  it('CANCEL with a wrong branch is answered 481 and the call goes on', async (test) => {
    skipOnRealDrachtio(test, 'matches a CANCEL by its Call-ID');
    const call = lab.customerCalls();
    const callee = await lab.pbx.nextCall();
    callee.ring();
    await call.ringing();
    expect((await call.cancel({ branch: `z9hG4bK${newTag()}` }).final()).status).toBe(481);
    callee.answer();
    await call.answered();
    await callee.acked();
    expect((await call.bye()).status).toBe(200);
    await callee.expect('BYE');
  });

  it('INVITE sent four times makes one B leg, and its 200 is repeated on the fifth', async () => {
    const call = lab.customerCalls();
    for (let i = 0; i < 3; i += 1) lab.carrier.send(call.invite.raw, lab.daemon.sip);
    const callee = await lab.pbx.nextCall();
    await expect(lab.pbx.nextCall(300)).rejects.toThrow(/did not come/);
    callee.answer();
    await call.response(200);
    lab.carrier.send(call.invite.raw, lab.daemon.sip);
    await call.response(200);
    call.acknowledge(call.invitation);
    await callee.acked();
    await call.bye();
    await callee.expect('BYE');
  });
});
