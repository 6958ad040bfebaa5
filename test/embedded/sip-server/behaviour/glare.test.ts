import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  onRealServer,
  pause,
  TestEngine,
  type AppDialog,
  type AppRequest,
  type AppResponse,
} from '../engine.js';
import { RawUa, sdp, type RawCall } from '../raw-ua.js';
import { called } from './parties.js';

/** One offer at a time, whoever makes it and by whichever method (RFC 3261 §14, RFC 3311 §5). */
describe.skipIf(onRealServer)('an offer while another is open', () => {
  let engine: TestEngine;
  let phone: RawUa;
  let dialog: AppDialog;
  let call: RawCall;

  beforeEach(async () => {
    engine = await TestEngine.start();
    phone = await RawUa.open({ user: 'bob' });
    ({ dialog, call } = await called(engine, phone));
    for (const event of ['modify', 'update']) {
      dialog.on(event, (_: AppRequest, response: AppResponse) => response.send(200, { body: sdp }));
    }
  });
  afterEach(async () => {
    await phone.close();
    await engine.stop();
  });

  it.each(['INVITE', 'UPDATE'])('by our UPDATE: an %s of the peer gets 491', async (method) => {
    const updating = dialog.request({ method: 'UPDATE', body: sdp });
    const update = await phone.expect('UPDATE');
    await call.request(method, { body: sdp });
    expect((await phone.expect(491)).header('cseq')).toContain(method);
    if (method === 'INVITE') await call.ack();
    await call.respond(update, '200 OK', { body: sdp });
    expect((await updating).status).toBe(200);
    await call.request(method, { body: sdp });
    expect((await phone.expect(200)).header('cseq')).toContain(method);
  });

  it('by our re-INVITE: an UPDATE of the peer gets 491', async () => {
    const modifying = dialog.modify(sdp);
    const reinvite = await phone.expect('INVITE');
    await call.request('UPDATE', { body: sdp });
    expect((await phone.expect(491)).header('cseq')).toContain('UPDATE');
    await call.respond(reinvite, '200 OK', { body: sdp });
    await modifying;
  });

  it('by our UPDATE: a re-INVITE of our own never leaves', async () => {
    const updating = dialog.request({ method: 'UPDATE', body: sdp });
    const update = await phone.expect('UPDATE');
    await expect(dialog.modify(sdp)).rejects.toMatchObject({ status: 491 });
    await pause(30);
    expect(phone.count('INVITE')).toBe(1);
    await call.respond(update, '200 OK', { body: sdp });
    await updating;
  });
});
