import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emitted, onRealServer, pause, TestEngine, type App } from './engine.js';
import { RawApp, type RawFrame } from './raw-app.js';
import { RawCall, RawUa, sdp } from './raw-ua.js';

/**
 * What an application of drachtio-server counts on and no other suite here looks at: several
 * applications at once, every method, and the order of what it is told. The rest of the list is in
 * docs/sip-engine.md, each point with the suite that holds it.
 */
describe.skipIf(onRealServer)('what drachtio applications count on', () => {
  let engine: TestEngine;
  let phone: RawUa;

  beforeEach(async () => {
    engine = await TestEngine.start();
    phone = await RawUa.open();
  });

  afterEach(async () => {
    await phone.close();
    await engine.stop();
  });

  const isSip = (frame: RawFrame): boolean => frame.tokens[1] === 'sip';
  const methods = ['OPTIONS', 'MESSAGE', 'INFO', 'NOTIFY', 'SUBSCRIBE', 'PUBLISH', 'REGISTER'];

  it.each(methods)(
    '%s out of the blue goes to the application that asked for it',
    async (method) => {
      await engine.app({ [method.toLowerCase()]: (_, response) => response.send(202) });
      await RawCall.to(phone, engine.sipPort).request(method, { headers: ['Event: presence'] });
      await phone.expect(202);
    },
  );

  it.each(['OPTIONS', 'MESSAGE', 'INFO', 'PUBLISH', 'REGISTER', 'REFER', 'NOTIFY'])(
    '%s of an application reaches the peer, and the answer the application',
    async (method) => {
      const app = await engine.app();
      const headers = { 'Content-Type': 'text/plain', Event: 'presence', 'Refer-To': 'sip:x@y' };
      const request = await app.request(phone.uri, { method, headers, body: 'hello' });
      const answered = emitted(request, 'response');
      const heard = await phone.expect(method);
      expect(heard.body).toBe('hello');
      await RawCall.from(phone, engine.sipPort, heard).respond(heard, '200 OK');
      const [response] = (await answered) as [{ status: number }];
      expect(response.status).toBe(200);
    },
  );

  it('applications take turns by method, and one that has gone is left out', async () => {
    const taken: string[] = [];
    const join = (name: string): Promise<App> =>
      engine.app({
        options: (_, response) => {
          taken.push(name);
          response.send(200);
        },
      });
    await join('first');
    await join('second');
    await engine.app({ message: (_, response) => response.send(200) });
    const ask = async (status: number): Promise<void> => {
      await RawCall.to(phone, engine.sipPort).request('OPTIONS');
      await phone.expect(status);
    };
    for (let n = 0; n < 4; n += 1) await ask(200);
    expect([...taken].sort()).toEqual(['first', 'first', 'second', 'second']);
    expect(taken[0]).not.toBe(taken[1]);
    const dead = await RawApp.open(engine.adminPort, 'cymru');
    await dead.ask('route|options');
    dead.close();
    await pause(50);
    for (let n = 0; n < 4; n += 1) await ask(200);
    expect(taken).toHaveLength(8);
  });

  it('a call that no application wants is answered 503', async () => {
    await engine.app({ message: (_, response) => response.send(200) });
    await RawCall.to(phone, engine.sipPort).request('INVITE', { body: sdp });
    await phone.expect(503);
  });

  it('tags choose nothing: applications with and without them take turns', async () => {
    const turns: string[] = [];
    const phoneAsks = async (app: RawApp, name: string): Promise<void> => {
      await RawCall.to(phone, engine.sipPort).request('OPTIONS');
      const txn = (await app.expect(isSip)).tokens[8] ?? '';
      turns.push(name);
      await app.ask(`sip|${txn}|\r\nSIP/2.0 200 OK\r\n\r\n`);
      await phone.expect(200);
    };
    const tagged = await RawApp.open(engine.adminPort);
    expect((await tagged.ask('authenticate|cymru|gold,eu-west')).tokens[3]).toBe('OK');
    const plain = await RawApp.open(engine.adminPort, 'cymru');
    for (const app of [tagged, plain]) await app.ask('route|options');
    for (const app of [tagged, plain, tagged]) await phoneAsks(app, app === plain ? 'p' : 't');
    expect(turns.join('')).toBe('tpt');
    for (const app of [tagged, plain]) app.close();
  });

  it('of an answer the application decides the tag, and nothing of what the server owns', async () => {
    const app = await RawApp.open(engine.adminPort, 'cymru');
    await app.ask('route|invite');
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    const txn = (await app.expect(isSip)).tokens[8] ?? '';
    const headers = [
      'via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKother',
      'record-route: <sip:192.0.2.1;lr>',
      'route: <sip:192.0.2.1;lr>',
      'rseq: 7',
      'call-id: other',
      'content-length: 1',
      `to: ${call.remote};tag=chosen`,
      'contact: <sip:service@localhost>',
    ];
    app.send(`sip|${txn}|\r\nSIP/2.0 200 OK\r\n${headers.join('\r\n')}\r\n\r\n${sdp}`);
    const ok = await phone.expect(200);
    expect(ok.header('to')).toBe(`${call.remote};tag=chosen`);
    expect(ok.header('contact')).toBe(`<sip:service@127.0.0.1:${engine.sipPort}>`);
    expect(ok.header('call-id')).toBe(call.callId);
    expect(ok.header('content-type')).toBe('application/sdp');
    expect(ok.body).toBe(sdp);
    expect(ok.text).not.toContain('192.0.2.1');
    expect(ok.header('rseq')).toBe('');
    app.close();
  });

  it('the ACK to a refusal is refused to the application, whose connection goes on', async () => {
    const app = await RawApp.open(engine.adminPort, 'cymru');
    app.send(`sip||\r\nINVITE ${phone.uri} SIP/2.0\r\n\r\n${sdp}`);
    const heard = await phone.expect('INVITE');
    await RawCall.from(phone, engine.sipPort, heard).respond(heard, '486 Busy Here');
    const refused = await app.expect(isSip);
    const ack = await app.ask(`sip||${refused.tokens[9] ?? ''}\r\nACK sip:x SIP/2.0\r\n\r\n`);
    expect(ack.tokens[3]).toBe('NOK');
    expect(ack.tokens[4]).toContain('ACK for non-success');
    expect((await app.ask('ping')).tokens[4]).toBe('pong');
    app.close();
  });

  it('a challenged BYE comes again in its dialog, with the CSeq of the application', async () => {
    const app = await RawApp.open(engine.adminPort, 'cymru');
    app.send(`sip||\r\nINVITE ${phone.uri} SIP/2.0\r\n\r\n${sdp}`);
    const heard = await phone.expect('INVITE');
    const side = RawCall.from(phone, engine.sipPort, heard);
    await side.respond(heard, '200 OK', { body: sdp });
    const id = (await app.expect(isSip)).tokens[9] ?? '';
    const within = (method: string, extra = ''): string =>
      `sip||${id}\r\n${method} sip:placeholder SIP/2.0\r\n${extra}\r\n`;
    expect((await app.ask(within('ACK'))).tokens[3]).toBe('OK');
    await app.ask(within('BYE'));
    const bye = await phone.expect('BYE');
    await side.respond(bye, '401 Who', { headers: ['WWW-Authenticate: Digest realm="r"'] });
    expect((await app.expect(isSip)).sip).toMatch(/^SIP\/2.0 401/);
    const next = parseInt(bye.header('cseq'), 10) + 1;
    await app.ask(within('BYE', `cseq: ${next} BYE\r\nauthorization: Digest x\r\n`));
    const again = await phone.expect('BYE');
    expect(again.header('cseq')).toBe(`${next} BYE`);
    await side.respond(again, '200 OK');
    expect((await app.expect(isSip)).sip).toMatch(/^SIP\/2.0 200/);
    expect((await app.ask(within('INFO'))).tokens[4]).toContain('unable to find dialog');
    app.close();
  });

  it('all of a call stays with the application that took it', async () => {
    const callee = await RawUa.open({ user: 'callee' });
    const taken: string[] = [];
    const bridge = async (name: string): Promise<void> => {
      const app: App = await engine.app({
        invite: async (request, response) => {
          taken.push(name);
          const { uas, uac } = await app.createB2BUA(request, response, callee.uri, {});
          for (const leg of [uas, uac]) {
            leg.on('info', (_, answer: { send(status: number): void }) => {
              taken.push(name);
              answer.send(200);
            });
          }
          uas.on('destroy', () => void uac.destroy());
        },
      });
    };
    await bridge('first');
    await bridge('second');
    for (const name of ['first', 'second']) {
      taken.length = 0;
      const call = RawCall.to(phone, engine.sipPort);
      await call.request('INVITE', { body: sdp });
      const heard = await callee.expect('INVITE');
      const side = RawCall.from(callee, engine.sipPort, heard);
      await side.respond(heard, '200 OK', { body: sdp });
      call.learn(await phone.expect(200));
      await call.ack();
      await callee.expect('ACK');
      await pause(40);
      await call.request('INFO');
      await phone.expect(200);
      await side.request('INFO');
      await callee.expect(200);
      await call.request('BYE');
      await phone.expect(200);
      await side.respond(await callee.expect('BYE'), '200 OK');
      expect(taken).toEqual([name, name, name]);
    }
    await callee.close();
  });

  it('the answer to a 200 comes before its ACK, and the BYE in a later read', async () => {
    const app = await RawApp.open(engine.adminPort, 'cymru');
    for (const method of ['invite', 'bye']) await app.ask(`route|${method}`);
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    const invite = await app.expect(isSip);
    expect(invite.tokens).toHaveLength(13);
    expect(invite.tokens[9]).toBe('');
    const txn = invite.tokens[8] ?? '';
    const ok = app.send(`sip|${txn}|\r\nSIP/2.0 200 OK\r\n\r\n`);
    call.learn(await phone.expect(200));
    await call.ack();
    await call.request('BYE');
    const from = /;tag=([^;]+)/.exec(call.local)?.[1] ?? '';
    const reply = await app.expect((frame) => frame.tokens[2] === ok);
    expect(reply.tokens[11]).toBe(`${call.callId};from-tag=${from}`);
    const ack = await app.expect(isSip);
    const bye = await app.expect(isSip);
    expect([ack.sip.slice(0, 3), bye.sip.slice(0, 3)]).toEqual(['ACK', 'BYE']);
    expect(ack.tokens[8]).toBe(txn);
    const together = app.reads.find((frames) => frames.includes(bye)) ?? [];
    expect(together).not.toContain(reply);
    app.close();
  });

  it('a digest challenge is met with the same Call-ID and the next CSeq', async () => {
    const app = await engine.app();
    const auth = { username: 'u', password: 'p' };
    const request = await app.request(phone.uri, { method: 'REGISTER', headers: {}, auth });
    const answered = emitted(request, 'response');
    const first = await phone.expect('REGISTER');
    const challenge = 'WWW-Authenticate: Digest realm="r", nonce="n"';
    const side = RawCall.from(phone, engine.sipPort, first);
    await side.respond(first, '401 Unauthorized', { headers: [challenge] });
    const second = await phone.expect('REGISTER');
    expect(second.header('authorization')).toContain('Digest username="u"');
    expect(second.header('call-id')).toBe(first.header('call-id'));
    expect(parseInt(second.header('cseq'), 10)).toBe(parseInt(first.header('cseq'), 10) + 1);
    await side.respond(second, '200 OK');
    expect(((await answered) as [{ status: number }])[0].status).toBe(200);
  });
});
