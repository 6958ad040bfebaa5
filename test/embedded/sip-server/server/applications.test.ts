import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onRealServer, pause, TestEngine, type App } from '../engine.js';
import { RawApp, type RawFrame } from '../raw-app.js';
import { RawCall, RawUa, sdp } from '../raw-ua.js';

const isSip = (frame: RawFrame): boolean => frame.tokens[1] === 'sip';

describe.skipIf(onRealServer)('the door for applications', () => {
  let engine: TestEngine;

  beforeEach(async () => {
    engine = await TestEngine.start({ limits: { frameBytes: 10_000 } });
  });

  afterEach(async () => {
    await engine.stop();
  });

  it('greets who knows the secret with its contacts and a version drachtio-srf trusts', async () => {
    const app = await RawApp.open(engine.adminPort);
    const reply = await app.ask('authenticate|cymru|tag1,tag2');
    const contacts = `udp/127.0.0.1:${engine.sipPort},tcp/127.0.0.1:${engine.sipPort}`;
    expect(reply.tokens.slice(3)).toEqual(['OK', contacts, 'v0.9.10-callveil', contacts]);
    app.close();
  });

  it.each(['wrong', '', 'cymru2', 'cymr'])('turns away the secret "%s"', async (secret) => {
    const app = await RawApp.open(engine.adminPort);
    const reply = await app.ask(`authenticate|${secret}|`);
    expect(reply.tokens.slice(3)).toEqual(['NO', 'incorrect secret']);
    await app.gone();
  });

  it.each(['route|invite', 'ping', 'sip||\r\nOPTIONS sip:x@127.0.0.1 SIP/2.0\r\n\r\n', 'proxy|x'])(
    'turns away who asks "%s" before it has said who it is',
    async (command) => {
      const app = await RawApp.open(engine.adminPort);
      expect((await app.ask(command)).tokens[3]).toBe('NO');
      app.send('authenticate|cymru|');
      await app.gone();
      expect(app.frames).toHaveLength(1);
    },
  );

  it('hangs up on bad lengths and on frames beyond the limit', async () => {
    for (const text of ['x#y', '12', '0#', '99999999999#', '-1#a', '20000#']) {
      const app = await RawApp.open(engine.adminPort, 'cymru');
      app.socket.write(text === '12' ? '12a#' : text);
      await app.gone();
    }
    const stranger = await RawApp.open(engine.adminPort);
    stranger.socket.write('5000#');
    await stranger.gone();
  });

  it('hangs up on a message type it does not know, but says why', async () => {
    const app = await RawApp.open(engine.adminPort, 'cymru');
    expect((await app.ask('dance|now')).tokens.slice(3)).toEqual(['NO', 'Unknown message type']);
    await app.gone();
  });

  it('gives no calls to one it has hung up on, even if he keeps his side open', async () => {
    const zombie = connect({ port: engine.adminPort, host: '127.0.0.1', allowHalfOpen: true });
    for (const frame of ['a|authenticate|cymru|', 'b|route|invite', 'c|dance|now']) {
      zombie.write(`${frame.length}#${frame}`);
    }
    zombie.resume().on('error', () => undefined);
    await once(zombie, 'end');
    await pause(1_200);
    const phone = await RawUa.open();
    await RawCall.to(phone, engine.sipPort).request('INVITE', { body: sdp });
    await phone.expect(503);
    await phone.close();
    zombie.destroy();
  });

  it('takes commands byte by byte', async () => {
    const app = await RawApp.open(engine.adminPort, 'cymru');
    for (const character of '8#abc|ping') app.socket.write(character);
    const reply = await app.expect((frame) => frame.tokens[2] === 'abc');
    expect(reply.tokens.slice(3)).toEqual(['OK', 'pong']);
    app.close();
  });

  it('says plainly what it cannot do', async () => {
    const app = await RawApp.open(engine.adminPort, 'cymru');
    const nok = async (command: string) => (await app.ask(command)).tokens.slice(3).join('|');
    const request = (line: string) => `sip||\r\n${line} SIP/2.0\r\n\r\n`;
    expect(await nok('proxy|x||||serial|||sip:a@b')).toBe('NOK|Unknown transaction id: x');
    expect(await nok(request('INVITE nonsense'))).toBe('NOK|invalid request-uri: nonsense');
    expect(await nok(request('INVITE sip:a@127.0.0.1;transport=tls'))).toBe(
      'NOK|requested protocol/transport not available',
    );
    expect(await nok(request(`INVITE sip:a@127.0.0.1:${engine.sipPort}`))).toBe(
      'NOK|can not send request to myself',
    );
    expect(await nok('sip||\r\nMESSAGE sip:a@127.0.0.1:9 SIP/2.0\r\n\r\nhello')).toBe(
      'NOK|missing content-type',
    );
    expect(await nok('sip||none\r\nBYE sip:placeholder SIP/2.0\r\n\r\n')).toBe(
      'NOK|Server error: unable to find dialog for dialog id provided',
    );
    expect(await nok('sip|none|\r\nCANCEL sip:a@b SIP/2.0\r\n\r\n')).toBe(
      'NOK|unable to cancel unknown transaction id: none',
    );
    // A header line broken in two by its author must not cost the other calls their connection.
    expect(await nok('sip||\r\nINVITE sip:a@b SIP/2.0\r\nX: 1\r\nbroken\r\n\r\n')).toBe(
      'NOK|invalid sip message',
    );
    expect(await nok('sip|none|\r\nSIP/2.0 200 OK\r\n\r\n')).toBe(
      'NOK|Response not sent due to unknown transaction',
    );
    app.close();
  });

  describe('with calls', () => {
    let phone: RawUa;

    beforeEach(async () => {
      phone = await RawUa.open();
    });

    afterEach(async () => {
      await phone.close();
    });

    it('gives new calls to the applications in turn, however often they register', async () => {
      const seen: number[] = [];
      const apps: App[] = [];
      for (const number of [0, 1, 2]) {
        apps.push(
          await engine.app({
            invite: (_, response) => {
              seen.push(number);
              response.send(486);
            },
          }),
        );
      }
      apps[0]!.use('message', () => undefined);
      await pause(30);
      for (let round = 0; round < 6; round += 1) {
        await RawCall.to(phone, engine.sipPort).request('INVITE', { body: sdp });
        await phone.expect(486);
      }
      expect(seen.slice(0, 3).sort()).toEqual([0, 1, 2]);
      expect(seen.slice(3)).toEqual(seen.slice(0, 3));
    });

    it('forgets a route when asked, and only that one', async () => {
      const app = await RawApp.open(engine.adminPort, 'cymru');
      await app.ask('route|invite');
      await app.ask('route|message');
      await app.ask('remove_route|invite');
      await RawCall.to(phone, engine.sipPort).request('INVITE', { body: sdp });
      await phone.expect(503);
      await RawCall.to(phone, engine.sipPort).request('MESSAGE');
      expect((await app.expect(isSip)).sip).toMatch(/^MESSAGE/);
      app.close();
    });

    it('writes the frames of a call as drachtio-server does', async () => {
      const app = await RawApp.open(engine.adminPort, 'cymru');
      await app.ask('route|invite');
      const call = RawCall.to(phone, engine.sipPort);
      await call.request('INVITE', { body: sdp });
      const invite = await app.expect(isSip);
      const transactionId = invite.tokens[8]!;
      expect(invite.tokens.slice(2, 7)).toEqual([
        'network',
        String(Buffer.byteLength(invite.sip)),
        'udp',
        '127.0.0.1',
        String(phone.port),
      ]);
      expect(invite.tokens[7]).toMatch(/^\d\d:\d\d:\d\d\.\d{6}$/);
      expect(invite.tokens.slice(9)).toEqual(['', '127.0.0.1', String(engine.sipPort), '']);
      app.send(`sip|${transactionId}|\r\nSIP/2.0 200 OK\r\nContent-Length: 3\r\n\r\n${sdp}`);
      const sent = await app.expect((frame) => frame.tokens[1] === 'response');
      const dialogId = `${call.callId};from-tag=${/tag=(.*)/.exec(call.local)?.[1] ?? ''}`;
      expect(sent.tokens.slice(3, 5)).toEqual(['OK', 'application']);
      expect(sent.tokens.slice(10)).toEqual([transactionId, dialogId, '', 'Msg sent:', '']);
      const ok = await phone.expect(200);
      expect(ok.text).toBe(sent.sip);
      call.learn(ok);
      await call.ack();
      await call.request('BYE');
      const ack = await app.expect(isSip);
      expect(ack.sip).toMatch(/^ACK/);
      expect(ack.tokens.slice(8)).toEqual([transactionId, dialogId, '']);
      const bye = await app.expect(isSip);
      expect(bye.tokens[8]).not.toBe(transactionId);
      expect(bye.tokens.slice(9)).toEqual([dialogId, '']);
      // drachtio-srf has no dialog yet when the BYE comes in the same read as the OK.
      const together = app.reads.find((frames) => frames.includes(sent));
      expect(together).not.toContain(bye);
      app.close();
    });

    it('when an application goes: refuses its waiting calls, cancels its own, forgets the rest', async () => {
      const app = await RawApp.open(engine.adminPort, 'cymru');
      await app.ask('route|invite');
      const up = RawCall.to(phone, engine.sipPort);
      await up.request('INVITE', { body: sdp });
      const { tokens } = await app.expect(isSip);
      app.send(`sip|${tokens[8] ?? ''}|\r\nSIP/2.0 200 OK\r\n\r\n`);
      up.learn(await phone.expect(200));
      await up.ack();
      const waiting = RawCall.to(phone, engine.sipPort);
      await waiting.request('INVITE', { body: sdp });
      await app.expect((frame) => frame.sip.startsWith('INVITE'));
      const callee = await RawUa.open({ user: 'bob' });
      app.send(`sip||\r\nINVITE ${callee.uri} SIP/2.0\r\n\r\n${sdp}`);
      const invite = await callee.expect('INVITE');
      const leg = RawCall.from(callee, engine.sipPort, invite);
      await leg.respond(invite, '180 Ringing');
      await pause(30);
      app.close();
      await phone.expect(503);
      const cancel = await callee.expect('CANCEL');
      await leg.respond(cancel, '200 OK');
      await leg.respond(invite, '200 OK', { body: sdp });
      await callee.expect('ACK');
      await callee.expect('BYE');
      await callee.close();
      await up.request('BYE');
      await phone.expect(481);
    });

    it('outlives hostile frames of one application without harm to another', async () => {
      const good = await engine.app({ invite: (_, response) => response.send(486) });
      for (let round = 0; round < 20; round += 1) {
        const bad = await RawApp.open(engine.adminPort, 'cymru');
        bad.send('sip|x|\r\nSIP/2.0 999 No\r\n\r\n');
        bad.close();
      }
      await RawCall.to(phone, engine.sipPort).request('INVITE', { body: sdp });
      await phone.expect(486);
      expect(good).toBeDefined();
    });
  });
});
