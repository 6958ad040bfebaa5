import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../support/lab.js';
import { allLegsEnded } from '../support/settled.js';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open();
});
afterEach(async () => {
  await allLegsEnded(lab.daemon.api);
  expect(lab.leaks()).toEqual([]);
});
afterAll(() => lab.close());

describe('reliable provisional responses (RFC 3262)', () => {
  it('a caller that requires 100rel gets them, or 420 that names it', async () => {
    const call = lab.customerCalls({ lines: ['Require: 100rel'] });
    const callee = await lab.pbx.nextCall(500).catch(() => undefined);
    if (callee === undefined) {
      const final = await call.final();
      expect(final.status).toBe(420);
      expect(final.get('unsupported')).toContain('100rel');
      return;
    }
    callee.ring();
    const ringing = await call.ringing();
    expect(ringing.get('require')).toContain('100rel');
    expect(Number(ringing.get('rseq'))).toBeGreaterThan(0);
    expect((await call.prack(ringing)).status).toBe(200);
    callee.answer();
    await call.answered();
    await callee.acked();
    expect((await call.bye()).status).toBe(200);
    await callee.expect('BYE');
  });

  it('a callee may send them only when it was offered them, and then gets its PRACK', async () => {
    const call = lab.customerCalls({ lines: ['Supported: 100rel'] });
    const callee = await lab.pbx.nextCall();
    if (callee.invite.get('supported').includes('100rel')) {
      callee.progress({ lines: ['Require: 100rel', 'RSeq: 1'] });
      expect((await callee.expect('PRACK')).message.get('rack')).toMatch(/^1 \d+ INVITE$/);
    } else callee.ring();
    callee.answer();
    await call.answered();
    await callee.acked();
    expect((await call.bye()).status).toBe(200);
    await callee.expect('BYE');
  });
});
