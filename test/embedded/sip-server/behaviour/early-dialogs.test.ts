import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onRealServer, pause, TestEngine, type AppResponse } from '../engine.js';
import { RawCall, RawUa, sdp, tagIn, type RawMessage } from '../raw-ua.js';

/** An INVITE that a proxy has forked to two callees, both behind one socket here. */
describe.skipIf(onRealServer)('an INVITE that two callees answer reliably (RFC 3262 §4)', () => {
  let engine: TestEngine;
  let phone: RawUa;

  beforeEach(async () => {
    engine = await TestEngine.start();
    phone = await RawUa.open({ user: 'bob' });
  });
  afterEach(async () => {
    await phone.close();
    await engine.stop();
  });

  const rings = (call: RawCall, invite: RawMessage, rseq: number): Promise<void> =>
    call.respond(invite, '183 Session Progress', {
      body: sdp,
      headers: ['Require: 100rel', `RSeq: ${rseq}`, `Record-Route: <sip:${phone.hostPort};lr>`],
    });

  it.each([
    ['numbers of their own', 10, 20],
    ['the same number', 7, 7],
  ])('with %s: each gets its PRACK in its own dialog', async (_, first, second) => {
    const app = await engine.app();
    const headers = { Supported: '100rel' };
    const dialing = app.createUAC(phone.uri, { localSdp: sdp, headers });
    const invite = await phone.expect('INVITE');
    const one = RawCall.from(phone, engine.sipPort, invite);
    const two = RawCall.from(phone, engine.sipPort, invite);
    one.local = `${invite.header('to')};tag=one`;
    two.local = `${invite.header('to')};tag=two`;
    await rings(one, invite, first);
    await rings(two, invite, second);
    const pracks = [await phone.expect('PRACK'), await phone.expect('PRACK')];
    expect(pracks.map((prack) => tagIn(prack.header('to')))).toEqual(['one', 'two']);
    expect(pracks.map((prack) => prack.header('rack').split(' ')[0])).toEqual([
      String(first),
      String(second),
    ]);
    for (const prack of pracks) await one.respond(prack, '200 OK');
    // Whoever answers is the call.
    await one.respond(invite, '200 OK', { body: sdp });
    const ack = await phone.expect('ACK');
    expect(tagIn(ack.header('to'))).toBe('one');
    expect((await dialing).sip.remoteTag).toBe('one');
  });
});

describe.skipIf(onRealServer)('an INVITE that two callees ring for', () => {
  it('hears the UPDATE of each, for each counts its requests by itself', async () => {
    const engine = await TestEngine.start();
    const phone = await RawUa.open({ user: 'bob' });
    const app = await engine.app();
    const dialing = app.createUAC(
      phone.uri,
      { localSdp: sdp },
      {
        cbRequest: (_, request) =>
          void request.on('update', (__: unknown, response: AppResponse) => response.send(200)),
      },
    );
    const invite = await phone.expect('INVITE');
    const [one, two] = ['one', 'two'].map((tag) => {
      const call = RawCall.from(phone, engine.sipPort, invite);
      call.local = `${invite.header('to')};tag=${tag}`;
      return call;
    }) as [RawCall, RawCall];
    await one.respond(invite, '180 Ringing');
    await two.respond(invite, '180 Ringing');
    await pause(30);
    for (const [call, cseq, status] of [
      [one, 500, 200],
      [two, 7, 200],
      [one, 499, 500],
      [two, 6, 500],
      [two, 8, 200],
    ] as const) {
      await call.request('UPDATE', { cseq });
      expect((await phone.expect(status)).header('cseq')).toBe(`${cseq} UPDATE`);
    }
    await two.respond(invite, '200 OK', { body: sdp });
    await phone.expect('ACK');
    expect((await dialing).sip.remoteTag).toBe('two');
    await phone.close();
    await engine.stop();
  });
});

/** An INVITE may ring for 300 ms here, and T1 is 10 ms. */
describe.skipIf(onRealServer)('an INVITE that only rings (timer C, RFC 3261 §16.8)', () => {
  let engine: TestEngine;
  let phone: RawUa;

  beforeEach(async () => {
    engine = await TestEngine.start({
      timers: { t1: 10, t2: 80, t4: 50 },
      limits: { ringingMs: 300 },
    });
    phone = await RawUa.open({ user: 'bob' });
  });
  afterEach(async () => {
    await phone.close();
    await engine.stop();
  });

  it('is cancelled in the end, and its application hears how', async () => {
    const app = await engine.app();
    const dialing = app.createUAC(phone.uri, { localSdp: sdp });
    dialing.catch(() => undefined);
    const invite = await phone.expect('INVITE');
    const call = RawCall.from(phone, engine.sipPort, invite);
    await call.respond(invite, '180 Ringing');
    const cancel = await phone.expect('CANCEL');
    await call.respond(cancel, '200 OK');
    await call.respond(invite, '487 Request Terminated');
    await expect(dialing).rejects.toMatchObject({ status: 487 });
  });

  it('is over even if the callee never answers the CANCEL', async () => {
    const app = await engine.app();
    const dialing = app.createUAC(phone.uri, { localSdp: sdp });
    dialing.catch(() => undefined);
    const invite = await phone.expect('INVITE');
    await RawCall.from(phone, engine.sipPort, invite).respond(invite, '180 Ringing');
    await phone.expect('CANCEL');
    await expect(dialing).rejects.toMatchObject({ status: 408 });
  });

  it('goes on as long as the callee says that it rings', async () => {
    const app = await engine.app();
    const dialing = app.createUAC(phone.uri, { localSdp: sdp });
    dialing.catch(() => undefined);
    const invite = await phone.expect('INVITE');
    const call = RawCall.from(phone, engine.sipPort, invite);
    for (let again = 0; again < 5; again += 1) {
      await call.respond(invite, '180 Ringing');
      await pause(120);
    }
    expect(phone.count('CANCEL')).toBe(0);
    await call.respond(invite, '200 OK', { body: sdp });
    expect((await dialing).connected).toBe(true);
    await pause(350);
    expect(phone.count('CANCEL')).toBe(0);
  });

  it('of a caller is refused when its application never answers finally', async () => {
    await engine.app({ invite: (_, response) => response.send(180) });
    await RawCall.to(phone, engine.sipPort).request('INVITE', { body: sdp });
    await phone.expect(180);
    // 300 ms and 128·T1.
    await phone.expect(504);
  });
});
