import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emitted, onRealServer, pause, TestEngine, type App, type AppDialog } from '../engine.js';
import { givenUp } from '../behaviour/parties.js';
import { RawCall, RawUa, sdp } from '../raw-ua.js';

/**
 * T1 is 10 ms here, so that 64*T1 are 0.64 s. A busy machine skips repetitions: how many there are,
 * and when, is held on a clock of the tests' own in transaction/tables and dialog/timers.
 */
describe.skipIf(onRealServer)('when nobody answers', () => {
  let engine: TestEngine;
  let phone: RawUa;

  beforeEach(async () => {
    engine = await TestEngine.start({
      timers: { t1: 10, t2: 80, t4: 50 },
      limits: { unansweredMs: 400 },
    });
    phone = await RawUa.open({ user: 'bob' });
  });

  afterEach(async () => {
    await phone.close();
    await engine.stop();
  });

  async function answering(): Promise<{ app: App; dialogs: AppDialog[] }> {
    const dialogs: AppDialog[] = [];
    const app = await engine.app({
      invite: async (request, response) => {
        dialogs.push(await app.createUAS(request, response, { localSdp: sdp }));
      },
    });
    return { app, dialogs };
  }

  it('a 200 without ACK is repeated, then the call is ended on both sides', async () => {
    const { dialogs } = await answering();
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    await phone.expect(200);
    await pause(20);
    const [, reason] = await emitted(dialogs[0]!, 'destroy');
    expect(reason).toBe('ACK timeout');
    const bye = await phone.expect('BYE');
    expect(bye.header('reason')).toContain('ACK timeout');
    expect(phone.count(200)).toBeGreaterThan(1);
  });

  it('the BYE of an application waits for the ACK', async () => {
    const { dialogs } = await answering();
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    call.learn(await phone.expect(200));
    await pause(20);
    const ending = dialogs[0]!.destroy();
    await pause(100);
    expect(phone.count('BYE')).toBe(0);
    await call.ack();
    await call.respond(await phone.expect('BYE'), '200 OK');
    await ending;
  });

  it('a lost ACK is no reason to repeat the 200 to another application', async () => {
    const { dialogs } = await answering();
    const call = RawCall.to(phone, engine.sipPort);
    await call.establish();
    await pause(30);
    const repeats = phone.count(200);
    await pause(200);
    expect(phone.count(200)).toBe(repeats);
    expect(dialogs[0]!.connected).toBe(true);
  });

  it('an INVITE is sent again and again, then the application hears 408', async () => {
    const app = await engine.app();
    await expect(app.createUAC(phone.uri, { localSdp: sdp })).rejects.toMatchObject({
      status: 408,
    });
    expect(phone.count('INVITE')).toBeGreaterThan(1);
  });

  it('a CANCEL without any final answer ends as 408', async () => {
    const { failed } = await givenUp(engine, phone);
    expect(await failed).toMatchObject({ status: 408 });
    expect(phone.count('CANCEL')).toBeGreaterThan(1);
  });

  it('a BYE that nobody answers still ends the dialog of the application', async () => {
    const { dialogs } = await answering();
    const call = RawCall.to(phone, engine.sipPort);
    await call.establish();
    await pause(30);
    await dialogs[0]!.destroy();
    expect(dialogs[0]!.connected).toBe(false);
    expect(phone.count('BYE')).toBeGreaterThan(1);
  });

  it('an INVITE that its application ignores is refused with 504', async () => {
    await engine.app({ invite: () => undefined });
    await RawCall.to(phone, engine.sipPort).request('INVITE', { body: sdp });
    await phone.expect(504);
  });

  it('an OPTIONS that its application ignores is never answered, late or repeated (RFC 4320 §4.2)', async () => {
    const late: ((status: number) => void)[] = [];
    await engine.app({ options: (_, response) => late.push((status) => response.send(status)) });
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('OPTIONS');
    await call.request('OPTIONS', { branch: call.branch, cseq: call.cseq });
    await pause(750);
    for (const send of late) send(200);
    await pause(50);
    expect(late).toHaveLength(1);
    expect(phone.heard.map(({ what }) => what)).toEqual([]);
  });

  it('a reliable provisional response without PRACK fails the call', async () => {
    await engine.app({
      invite: (_, response) => response.send(183, { headers: { Require: '100rel' } }),
    });
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp, headers: ['Supported: 100rel'] });
    await phone.expect(504);
    expect(phone.count(183)).toBeGreaterThan(5);
  });

  it('a refusal is repeated until its ACK comes', async () => {
    await engine.app({ invite: (_, response) => response.send(486) });
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    call.remote = (await phone.expect(486)).header('to');
    await phone.expect(486);
    await phone.expect(486);
    await call.request('ACK', { branch: call.branch });
    await pause(20);
    const seen = phone.count(486);
    await pause(200);
    expect(phone.count(486)).toBe(seen);
  });
});
