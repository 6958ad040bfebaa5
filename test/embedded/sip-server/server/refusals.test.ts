import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onRealServer, pause, TestEngine, type AppDialog } from '../engine.js';
import { RawCall, RawUa, sdp } from '../raw-ua.js';

/**
 * What no application is asked about. drachtio-server leaves many of these without any answer, so
 * they are asked of ours alone.
 */
describe.skipIf(onRealServer)('a stranger at the door', () => {
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

  it.each(['BYE', 'UPDATE', 'PRACK', 'INFO', 'NOTIFY'])(
    'who sends %s outside any dialog gets 481',
    async (method) => {
      await engine.app({ invite: () => undefined });
      await RawCall.to(phone, engine.sipPort).request(method);
      await phone.expect(481);
    },
  );

  it('who sends INVITE with an unknown To tag gets 481, as does any other method', async () => {
    await engine.app({ invite: () => undefined, options: () => undefined });
    for (const method of ['INVITE', 'BYE', 'OPTIONS']) {
      const call = RawCall.to(phone, engine.sipPort);
      call.remote += ';tag=nobody';
      await call.request(method);
      expect((await phone.expect(481)).header('cseq')).toContain(method);
    }
  });

  it('who cancels what does not exist gets 481', async () => {
    await RawCall.to(phone, engine.sipPort).request('CANCEL');
    await phone.expect(481);
  });

  it('gets 503 for INVITE and 405 for the rest when no application wants it', async () => {
    await RawCall.to(phone, engine.sipPort).request('INVITE', { body: sdp });
    await phone.expect(503);
    await engine.app({ invite: () => undefined });
    for (const method of ['REGISTER', 'SUBSCRIBE', 'PUBLISH', 'MESSAGE', 'REFER']) {
      await RawCall.to(phone, engine.sipPort).request(method);
      const refused = await phone.expect(405);
      expect(refused.header('allow')).toContain('INVITE');
    }
  });

  it('gets 200 for OPTIONS even with no application', async () => {
    await RawCall.to(phone, engine.sipPort).request('OPTIONS');
    expect((await phone.expect(200)).header('allow')).toContain('INVITE');
  });

  it('gets 501 with Allow for a method nobody knows, and for one in lower case', async () => {
    for (const method of ['FETCH', 'invite']) {
      await RawCall.to(phone, engine.sipPort).request(method);
      expect((await phone.expect(501)).header('allow')).toContain('INVITE');
    }
  });

  it('gets 483 at the last hop and 416 for a foreign scheme', async () => {
    const call = RawCall.to(phone, engine.sipPort);
    const lines = [
      'Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-hop;rport',
      'Max-Forwards: 0',
      `From: ${call.local}`,
      `To: ${call.remote}`,
      `Call-ID: ${call.callId}`,
      'CSeq: 1 OPTIONS',
    ];
    await phone.send(engine.sipPort, [`OPTIONS ${call.target} SIP/2.0`, ...lines]);
    await phone.expect(483);
    const other = lines.map((line) => line.replace('-hop', '-uri').replace(': 0', ': 70'));
    await phone.send(engine.sipPort, ['OPTIONS http://example.com/ SIP/2.0', ...other]);
    await phone.expect(416);
  });

  it('gets 400 for a message without From, To, Call-ID or CSeq, or INVITE without Contact', async () => {
    const call = RawCall.to(phone, engine.sipPort);
    const lines = [
      'Max-Forwards: 70',
      `From: ${call.local}`,
      `To: ${call.remote}`,
      `Call-ID: ${call.callId}`,
      'CSeq: 1 INVITE',
      `Contact: <${phone.uri}>`,
    ];
    for (const missing of ['From', 'To', 'Call-ID', 'CSeq', 'Contact']) {
      const via = `Via: SIP/2.0/UDP ${phone.hostPort};branch=z9hG4bK-no-${missing};rport`;
      const kept = lines.filter((line) => !line.startsWith(missing));
      await phone.send(engine.sipPort, [`INVITE ${call.target} SIP/2.0`, via, ...kept]);
      await phone.expect(400);
    }
    const star = lines.map((line) => (line.startsWith('Contact') ? 'Contact: *' : line));
    const via = `Via: SIP/2.0/UDP ${phone.hostPort};branch=z9hG4bK-star;rport`;
    await phone.send(engine.sipPort, [`INVITE ${call.target} SIP/2.0`, via, ...star]);
    await phone.expect(400);
  });

  it('hears nothing for stray ACKs and stray responses', async () => {
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('ACK');
    await phone.send(engine.sipPort, [
      'SIP/2.0 200 OK',
      'Via: SIP/2.0/UDP 127.0.0.1:1;branch=z9hG4bK-stray',
      `From: ${call.local}`,
      `To: ${call.remote};tag=x`,
      `Call-ID: ${call.callId}`,
      'CSeq: 1 INVITE',
    ]);
    await pause(100);
    expect(phone.heard).toEqual([]);
  });

  it('is answered where the packet came from, whatever Via, Route and Contact name', async () => {
    await engine.app({ invite: (_, response) => response.send(404) });
    const call = RawCall.to(phone, engine.sipPort);
    const elsewhere = await RawUa.open();
    await phone.send(engine.sipPort, [
      `INVITE sip:x@${elsewhere.hostPort};maddr=127.0.0.1 SIP/2.0`,
      `Via: SIP/2.0/UDP ${elsewhere.hostPort};branch=z9hG4bK-lies;received=127.0.0.1;rport=${elsewhere.port};maddr=127.0.0.1`,
      `Route: <sip:${elsewhere.hostPort};lr>`,
      'Max-Forwards: 70',
      `From: ${call.local}`,
      `To: ${call.remote}`,
      `Call-ID: ${call.callId}`,
      'CSeq: 1 INVITE',
      `Contact: <${elsewhere.uri}>`,
    ]);
    const refused = await phone.expect(404);
    expect(refused.header('via')).toContain(`rport=${phone.port}`);
    expect(elsewhere.heard).toEqual([]);
    await elsewhere.close();
  });

  it('who sends one call by two ways gets 482 for the second', async () => {
    await engine.app({ invite: (_, response) => response.send(180) });
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    await phone.expect(180);
    await call.request('INVITE', { body: sdp, cseq: call.cseq });
    await phone.expect(482);
  });

  describe('inside a dialog', () => {
    let call: RawCall;
    let dialog: AppDialog;

    beforeEach(async () => {
      const answered = new Promise<AppDialog>((resolve) => {
        void engine
          .app({})
          .then((app) =>
            app.use('invite', (request, response) =>
              app.createUAS(request, response, { localSdp: sdp }).then(resolve),
            ),
          );
      });
      await pause(100);
      call = RawCall.to(phone, engine.sipPort);
      await call.establish();
      dialog = await answered;
      await pause(30);
    });

    it('gets 500 for a CSeq that goes back', async () => {
      await call.request('INFO', { cseq: call.cseq - 1 });
      await phone.expect(500);
      await call.request('INFO');
      await phone.expect(200);
    });

    it('gets 481 with a wrong tag, and the call goes on', async () => {
      const right = call.remote;
      call.remote = right.replace(/tag=.*/, 'tag=wrong');
      await call.request('BYE');
      await phone.expect(481);
      call.remote = right;
      await call.request('INFO');
      await phone.expect(200);
    });

    it('gets 481 for the second BYE', async () => {
      await call.request('BYE');
      await phone.expect(200);
      await call.request('BYE');
      await phone.expect(481);
    });

    it('gets 491 for a re-INVITE that meets ours', async () => {
      const modified = dialog.modify(sdp);
      const ours = await phone.expect('INVITE');
      await call.request('INVITE', { body: sdp });
      await phone.expect(491);
      await call.request('ACK', { branch: call.branch });
      await call.respond(ours, '200 OK', { body: sdp });
      await modified;
    });

    it('gets 500 with Retry-After for a second re-INVITE before the first is answered', async () => {
      dialog.on('modify', () => undefined);
      await call.request('INVITE', { body: sdp });
      await phone.expect(100);
      await call.request('INVITE', { body: sdp });
      const refused = await phone.expect(500);
      expect(Number(refused.header('retry-after'))).toBeLessThanOrEqual(10);
    });

    it('can cancel its re-INVITE and keeps the call', async () => {
      dialog.on('modify', () => undefined);
      await call.request('INVITE', { body: sdp });
      await phone.expect(100);
      await pause(30);
      await call.request('CANCEL', { branch: call.branch });
      await phone.expect(487);
      await call.request('ACK', { branch: call.branch });
      await call.request('INFO');
      expect((await phone.expect(200)).header('cseq')).toMatch(/INFO$/);
    });

    it('moves and is found at its new Contact', async () => {
      const moved = await RawUa.open({ user: 'moved' });
      await call.request('UPDATE', { contact: moved.uri });
      await phone.expect(200);
      void dialog.destroy().catch(() => undefined);
      expect((await moved.expect('BYE')).startLine).toBe(`BYE ${moved.uri} SIP/2.0`);
      await moved.close();
    });

    it('ends both its open re-INVITE and the call with one BYE', async () => {
      dialog.on('modify', () => undefined);
      await call.request('INVITE', { body: sdp });
      await phone.expect(100);
      await pause(30);
      await call.request('BYE');
      await phone.expect(487);
      await phone.expect(200);
    });
  });
});
