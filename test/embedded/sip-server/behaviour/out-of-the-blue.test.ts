import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onRealServer, TestEngine } from '../engine.js';
import { RawCall, RawUa, sdp } from '../raw-ua.js';

/**
 * Requests that nobody waits for; server/refusals.test.ts has more of them. The application here
 * takes calls, as Callveil does.
 */
describe.skipIf(onRealServer)('out of the blue', () => {
  let engine: TestEngine;
  let phone: RawUa;

  beforeEach(async () => {
    engine = await TestEngine.start();
    phone = await RawUa.open({ user: 'stranger' });
    await engine.app({ invite: (_, response) => response.send(404) });
  });

  afterEach(async () => {
    await phone.close();
    await engine.stop();
  });

  it.each([
    ['BYE', '', 481],
    ['UPDATE', '', 481],
    ['INFO', '', 481],
    ['PRACK', '', 481],
    ['NOTIFY', '', 481],
    ['REFER', '', 405],
    ['REGISTER', '', 405],
    ['SUBSCRIBE', '', 405],
    ['PUBLISH', '', 405],
    ['MESSAGE', '', 405],
    ['OPTIONS', '', 200],
    ['FETCH', '', 501],
    ['OPTIONS', ';tag=foreign', 481],
    ['REFER', ';tag=foreign', 481],
    ['BYE', ';tag=foreign', 481],
  ])('%s%s gets %i, the very same when it is repeated', async (method, tag, status) => {
    const call = RawCall.to(phone, engine.sipPort);
    call.remote += tag;
    await call.request(method);
    const answer = await phone.expect(status);
    await call.request(method, { branch: call.branch, cseq: call.cseq });
    expect((await phone.expect(status)).text).toBe(answer.text);
  });

  it.each(['INVITE', 'CANCEL'])('%s with a foreign To tag gets 481', async (method) => {
    const call = RawCall.to(phone, engine.sipPort);
    call.remote += ';tag=foreign';
    await call.request(method, { body: method === 'INVITE' ? sdp : '' });
    expect((await phone.expect(481)).header('cseq')).toContain(method);
  });

  it.each(['tel:+15550100', 'tel:5550100;phone-context=+1', 'sip:+15550100;x=y:pw@10.255.255.1'])(
    'INVITE %s is put to the application, not sent anywhere',
    async (uri) => {
      const call = RawCall.to(phone, engine.sipPort);
      call.target = uri;
      await call.request('INVITE', { headers: ['Route: <sip:127.0.0.9:9;lr>'], body: sdp });
      await phone.expect(404);
    },
  );
});
