import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onRealServer, pause, TestEngine } from '../engine.js';
import { a, ZoneServer } from '../zone-server.js';
import { RawApp } from '../raw-app.js';
import { RawCall, RawUa, sdp, tagIn } from '../raw-ua.js';
import { answering, called, calling, givenUp } from './parties.js';

/** RFC 3261 §9, §13, §17 and RFC 6026, as both sides see them. */
describe.skipIf(onRealServer)('a transaction', () => {
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

  it('INVITE sent four times is one, and after the 200 gets the same 200', async () => {
    let seen = 0;
    const app = await engine.app({
      invite: (request, response) => {
        seen += 1;
        setTimeout(() => void app.createUAS(request, response, { localSdp: sdp }), 60);
      },
    });
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    const again = { body: sdp, branch: call.branch, cseq: call.cseq };
    for (let copy = 0; copy < 3; copy += 1) await call.request('INVITE', again);
    const ok = await phone.expect(200);
    await call.request('INVITE', again);
    expect((await phone.expect(200, 300)).text).toBe(ok.text);
    call.learn(ok);
    await call.ack();
    await pause(30);
    expect(seen).toBe(1);
  });

  it('hears 100 at once, however slow the application is', async () => {
    await engine.app({ invite: () => undefined });
    const began = performance.now();
    await RawCall.to(phone, engine.sipPort).request('INVITE', { body: sdp });
    await phone.expect(100);
    expect(performance.now() - began).toBeLessThan(200);
  });

  it('CANCEL with another branch gets 481, and the call goes on', async () => {
    const { dialog } = await answering(engine);
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    await call.request('CANCEL', { branch: `${call.branch}x` });
    await phone.expect(481);
    const ok = phone.heard.find(({ what }) => what === '200') ?? (await phone.expect(200));
    call.learn(ok);
    await call.ack();
    expect((await dialog).connected).toBe(true);
  });

  it('CANCEL after the 200 gets 200 and changes nothing (RFC 3261 §9.2)', async () => {
    const { dialog } = await answering(engine);
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    const { branch } = call;
    const ok = await phone.expect(200);
    await call.request('CANCEL', { branch });
    expect((await phone.expect(200)).header('cseq')).toMatch(/CANCEL$/);
    call.learn(ok);
    await call.ack();
    await pause(50);
    expect((await dialog).connected).toBe(true);
    expect(phone.count('BYE')).toBe(0);
  });

  it('CANCEL that crosses a 486 changes nothing either', async () => {
    const { failed, invite, call } = await givenUp(engine, phone);
    const cancel = await phone.expect('CANCEL');
    await call.respond(invite, '486 Busy Here');
    await phone.expect('ACK');
    await call.respond(cancel, '481 Call/Transaction Does Not Exist');
    expect(await failed).toMatchObject({ status: 486 });
  });

  it('ACK and BYE go to each of many callees of one INVITE, but not without end', async () => {
    const { dialing, invite, call } = await calling(engine, phone);
    await call.respond(invite, '200 OK', { body: sdp });
    for (let fork = 0; fork < 60; fork += 1) {
      const other = RawCall.from(phone, engine.sipPort, invite);
      await other.respond(invite, '200 OK', { body: sdp });
    }
    expect((await dialing).connected).toBe(true);
    await pause(200);
    const tags = (method: string) =>
      new Set(phone.heard.filter((m) => m.what === method).map((m) => tagIn(m.header('to'))));
    expect(tags('ACK').size).toBe(32);
    expect(tags('BYE').size).toBe(31);
    expect(tags('BYE').has(tagIn(call.local))).toBe(false);
  });

  it('PRACK for another CSeq acknowledges nothing (RFC 3262 §3)', async () => {
    await engine.app({
      invite: (_, response) => response.send(183, { headers: { Require: '100rel' } }),
    });
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp, headers: ['Supported: 100rel'] });
    const progress = await phone.expect(183);
    call.learn(progress);
    const rseq = progress.header('rseq');
    await call.request('PRACK', { headers: [`RAck: ${rseq} ${call.cseq + 7} INVITE`] });
    await phone.expect(481);
    await call.request('PRACK', { headers: [`RAck: ${rseq} ${call.cseq - 1} INVITE`] });
    await phone.expect(200);
  });

  it('numbers inside a dialog only grow, whatever the application wants', async () => {
    const { dialog, call } = await called(engine, phone);
    const numbers: number[] = [];
    for (const headers of [{}, { CSeq: '1 INFO' }, {}]) {
      const answer = dialog.request({ method: 'INFO', headers });
      const info = await phone.expect('INFO');
      numbers.push(Number(info.header('cseq').split(' ')[0]));
      await call.respond(info, '200 OK');
      await answer;
    }
    expect(numbers.map((number) => number - numbers[0]!)).toEqual([0, 1, 2]);
  });

  it.skipIf(onRealServer)(
    'is not begun for an application that has gone while a name was looked up',
    async () => {
      const zone = await ZoneServer.open();
      zone.mischief = 'silence';
      const slow = await TestEngine.start({ more: { dnsServers: [zone.address] } });
      const app = await RawApp.open(slow.adminPort, 'cymru');
      app.send(
        `sip||\r\nOPTIONS sip:bob@bob.test:${phone.port} SIP/2.0\r\nFrom: <sip:a@localhost>\r\n\r\n`,
      );
      while (zone.asked.length === 0) await pause(5);
      app.close();
      zone.mischief = undefined;
      zone.zone = [a('bob.test', '127.0.0.1')];
      while (zone.asked.length === 1) await pause(20);
      await pause(100);
      expect(phone.heard).toEqual([]);
      await slow.stop();
      await zone.close();
    },
  );
});
