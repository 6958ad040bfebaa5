import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emitted, onRealServer, pause, TestEngine, type ThirdParty } from '../engine.js';
import { RawCall, RawUa, sdp, tagIn } from '../raw-ua.js';
import { answering, called, calling } from './parties.js';

/** What two sides that act at once do to each other: RFC 5407 and what it leaves out. */
describe.skipIf(onRealServer)('a race', () => {
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

  it('of a BYE with one that waits for the ACK: both are answered', async () => {
    const { dialog } = await answering(engine);
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    call.learn(await phone.expect(200));
    const ending = (await dialog).destroy();
    await pause(50);
    await call.request('BYE');
    await call.respond(await phone.expect('BYE'), '481 Call Does Not Exist');
    await ending;
    expect(phone.heard.some((m) => m.what === '200' && m.header('cseq').endsWith('BYE'))).toBe(
      true,
    );
  });

  it('of a 200 with the PRACK of the 183 before it: the 200 waits (RFC 3262 §3)', async () => {
    const app = await engine.app({
      invite: (request, response) => {
        response.send(183, { body: sdp, headers: { Require: '100rel' } });
        void app.createUAS(request, response, { localSdp: sdp });
      },
    });
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp, headers: ['Supported: 100rel'] });
    const progress = await phone.expect(183);
    await pause(150);
    expect(phone.count(200)).toBe(0);
    call.learn(progress);
    const invited = call.cseq;
    const rack = `RAck: ${progress.header('rseq')} ${invited} INVITE`;
    await call.request('PRACK', { headers: [rack] });
    const first = await phone.expect(200);
    const second = await phone.expect(200);
    expect([first, second].map((ok) => ok.header('cseq').split(' ')[1]).sort()).toEqual([
      'INVITE',
      'PRACK',
    ]);
    await call.request('ACK', { cseq: invited });
  });

  it('of a CANCEL with a 200 that waits for a PRACK: the CANCEL wins', async () => {
    const told = new Promise<unknown>((resolve) => {
      void engine.app({
        invite: (_, response) => {
          response.send(183, { body: sdp, headers: { Require: '100rel' } });
          response.send(200, { body: sdp }, (error) => resolve(error));
        },
      });
    });
    await pause(80);
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp, headers: ['Supported: 100rel'] });
    await phone.expect(183);
    await call.request('CANCEL', { branch: call.branch });
    call.remote = (await phone.expect(487)).header('to');
    await call.request('ACK', { branch: call.branch });
    expect(await told).toBe('Response not sent due to unknown transaction');
  });

  it('of the callee, who hangs up before the ACK: its 200 is acknowledged all the same', async () => {
    const { dialing, invite, call } = await calling(engine, phone, {
      localSdp: undefined,
      noAck: true,
    });
    await call.respond(invite, '200 OK', { body: sdp });
    expect(((await dialing) as unknown as ThirdParty).sdp).toBe(sdp);
    await call.request('BYE');
    const ack = await phone.expect('ACK');
    expect(ack.header('cseq').split(' ')[0]).toBe(invite.header('cseq').split(' ')[0]);
  });

  it('of the callee, who hangs up in the breath of its 200: the application hears both', async () => {
    const { dialing, invite, call } = await calling(engine, phone);
    await call.respond(invite, '200 OK', { body: sdp });
    await call.request('BYE');
    await emitted(await dialing, 'destroy', 1_000);
  });

  it('of our re-INVITE with a BYE: a 200 that still comes is acknowledged', async () => {
    const { dialog, call } = await called(engine, phone);
    void dialog.modify(sdp).catch(() => undefined);
    const reinvite = await phone.expect('INVITE');
    await call.request('BYE');
    expect((await phone.expect(200)).header('cseq')).toMatch(/BYE$/);
    await call.respond(reinvite, '200 OK', { body: sdp });
    const ack = await phone.expect('ACK');
    expect(ack.header('cseq').split(' ')[0]).toBe(reinvite.header('cseq').split(' ')[0]);
  });

  it('of a re-INVITE that rings with a BYE: the re-INVITE is given up', async () => {
    const { dialog, call } = await called(engine, phone);
    const modified = dialog.modify(sdp).catch((error: unknown) => error);
    const reinvite = await phone.expect('INVITE');
    await call.respond(reinvite, '180 Ringing');
    await pause(30);
    await call.request('BYE');
    const cancel = await phone.expect('CANCEL');
    await call.respond(cancel, '200 OK');
    await call.respond(reinvite, '487 Request Terminated');
    expect(await modified).toMatchObject({ status: 487 });
  });

  it('of INVITE and CANCEL back to back ends in 487, each time, with one To tag', async () => {
    await engine.app({ invite: () => undefined });
    for (let round = 0; round < 10; round += 1) {
      const call = RawCall.to(phone, engine.sipPort);
      await call.request('INVITE', { body: sdp });
      await call.request('CANCEL', { branch: call.branch });
      const accepted = await phone.expect(200);
      const terminated = await phone.expect(487);
      expect(tagIn(accepted.header('to'))).toBe(tagIn(terminated.header('to')));
      call.remote = terminated.header('to');
      await call.request('ACK', { branch: call.branch });
    }
  });
});

describe.skipIf(onRealServer)('an answer that lacks something', () => {
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

  it('without a To tag opens a dialog all the same (RFC 3261 §12.1.2)', async () => {
    const { dialing, invite, call } = await calling(engine, phone);
    call.local = invite.header('to');
    await call.respond(invite, '200 OK', { body: sdp });
    await phone.expect('ACK');
    const ending = (await dialing).destroy();
    const bye = await phone.expect('BYE');
    expect(tagIn(bye.header('to'))).toBe('');
    await call.respond(bye, '200 OK');
    await ending;
  });

  it.each(['', 'Contact: *', 'Contact: <>'])(
    'without a usable Contact ("%s") is acknowledged and the call ended',
    async (contact) => {
      const { dialing, invite, call } = await calling(engine, phone);
      await phone.send(
        engine.sipPort,
        [
          'SIP/2.0 200 OK',
          `Via: ${invite.header('via')}`,
          `From: ${invite.header('from')}`,
          `To: ${call.local}`,
          `Call-ID: ${invite.header('call-id')}`,
          `CSeq: ${invite.header('cseq')}`,
          ...(contact === '' ? [] : [contact]),
          'Content-Type: application/sdp',
        ],
        sdp,
      );
      await phone.expect('ACK');
      const bye = await phone.expect('BYE');
      expect(bye.header('to')).toBe(call.local);
      await dialing.catch(() => undefined);
    },
  );
});
