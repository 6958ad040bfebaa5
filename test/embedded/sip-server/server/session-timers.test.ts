import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emitted, onRealServer, pause, TestEngine, type AppDialog } from '../engine.js';
import { RawCall, RawUa, sdp } from '../raw-ua.js';

/** Sessions may be as short as one second here. */
describe.skipIf(onRealServer)('session timers', () => {
  let engine: TestEngine;
  let phone: RawUa;
  let dialogs: AppDialog[];

  beforeEach(async () => {
    engine = await TestEngine.start({ limits: { minSessionSeconds: 1 } });
    phone = await RawUa.open({ user: 'bob' });
    dialogs = [];
  });

  afterEach(async () => {
    await phone.close();
    await engine.stop();
  });

  async function answering(): Promise<void> {
    const app = await engine.app({
      invite: async (request, response) => {
        dialogs.push(await app.createUAS(request, response, { localSdp: sdp }));
      },
    });
  }

  const offer = (value: string): string[] => ['Supported: timer', `Session-Expires: ${value}`];

  it('are refreshed by the callee who was asked to, without its application knowing', async () => {
    await answering();
    const call = RawCall.to(phone, engine.sipPort);
    const ok = await call.establish(sdp, offer('1;refresher=uas'));
    expect(ok.header('session-expires')).toBe('1;refresher=uas');
    await pause(30);
    dialogs[0]!.on('modify', () => expect.unreachable());
    for (let round = 0; round < 2; round += 1) {
      const refresh = await phone.expect('INVITE');
      expect(refresh.body).toBe(sdp);
      expect(refresh.header('session-expires')).toBe('1;refresher=uac');
      const headers = ['Session-Expires: 1;refresher=uac', 'Require: timer'];
      await call.respond(refresh, '200 OK', { body: sdp, headers });
      await phone.expect('ACK');
    }
    expect(dialogs[0]!.connected).toBe(true);
  });

  it('end a call that the caller forgot to refresh', async () => {
    await answering();
    const call = RawCall.to(phone, engine.sipPort);
    const ok = await call.establish(sdp, offer('1;refresher=uac'));
    expect(ok.header('require')).toBe('timer');
    await pause(30);
    const [, reason] = await emitted(dialogs[0]!, 'destroy');
    expect(reason).toBe('Session timer expired');
    expect((await phone.expect('BYE')).header('reason')).toContain('Session timer expired');
  });

  it('start again with every refresh of the caller', async () => {
    await answering();
    const call = RawCall.to(phone, engine.sipPort);
    await call.establish(sdp, offer('2;refresher=uac'));
    for (let round = 0; round < 2; round += 1) {
      await pause(800);
      await call.request('UPDATE', { headers: offer('2;refresher=uac') });
      expect((await phone.expect(200)).header('session-expires')).toBe('2;refresher=uac');
    }
    await pause(100);
    expect(dialogs[0]!.connected).toBe(true);
  });

  it('are declined when the offer names no refresher', async () => {
    await answering();
    const ok = await RawCall.to(phone, engine.sipPort).establish(sdp, offer('1'));
    expect(ok.header('session-expires')).toBe('');
  });

  it('too short are refused with 422 and the least we accept', async () => {
    await engine.stop();
    engine = await TestEngine.start();
    await answering();
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp, headers: offer('60;refresher=uac') });
    expect((await phone.expect(422)).header('min-se')).toBe('90');
  });

  it('are refreshed by the caller who promised to', async () => {
    const app = await engine.app();
    const headers = { Supported: 'timer', 'Session-Expires': '1;refresher=uac' };
    const dialing = app.createUAC(phone.uri, { localSdp: sdp, headers });
    const invite = await phone.expect('INVITE');
    expect(invite.header('session-expires')).toBe('1;refresher=uac');
    const call = RawCall.from(phone, engine.sipPort, invite);
    const agreed = { body: sdp, headers: ['Session-Expires: 1;refresher=uac', 'Require: timer'] };
    await call.respond(invite, '200 OK', agreed);
    await phone.expect('ACK');
    const ended = emitted(await dialing, 'destroy');
    const refresh = await phone.expect('INVITE');
    expect(refresh.header('call-id')).toBe(invite.header('call-id'));
    await call.respond(refresh, '491 Request Pending');
    await phone.expect('ACK');
    await call.respond(await phone.expect('BYE'), '200 OK');
    await ended;
  });

  it('survive a re-INVITE of an application that knows nothing of them', async () => {
    await answering();
    const call = RawCall.to(phone, engine.sipPort);
    await call.establish(sdp, offer('1;refresher=uac'));
    await pause(30);
    const modified = dialogs[0]!.modify(sdp);
    const invite = await phone.expect('INVITE');
    expect(invite.header('session-expires')).toBe('1;refresher=uas');
    const headers = ['Session-Expires: 1;refresher=uas'];
    await call.respond(invite, '200 OK', { body: sdp, headers });
    await modified;
    const [, reason] = await emitted(dialogs[0]!, 'destroy');
    expect(reason).toBe('Session timer expired');
  });

  it('are refreshed with more patience when the peer asks for it, once (RFC 4028 §7.3)', async () => {
    await answering();
    const call = RawCall.to(phone, engine.sipPort);
    await call.establish(sdp, offer('1;refresher=uas'));
    await pause(30);
    const tooSoon = '422 Session Interval Too Small';
    await call.respond(await phone.expect('INVITE'), tooSoon, { headers: ['Min-SE: 3'] });
    const again = await phone.expect('INVITE');
    expect(again.header('session-expires')).toBe('3;refresher=uac');
    // A peer that says the same again wants no session: it is not asked for ever.
    await call.respond(again, tooSoon, { headers: ['Min-SE: 3'] });
    await pause(100);
    expect(phone.count('INVITE')).toBe(2);
    await call.respond(await phone.expect('BYE'), '200 OK');
  });

  it('end the call when the peer has lost it', async () => {
    await answering();
    const call = RawCall.to(phone, engine.sipPort);
    await call.establish(sdp, offer('1;refresher=uas'));
    await pause(30);
    const ended = emitted(dialogs[0]!, 'destroy');
    await call.respond(await phone.expect('INVITE'), '481 Call Does Not Exist');
    await ended;
  });
});
