import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  onRealServer,
  pause,
  TestEngine,
  type AppDialog,
  type AppRequest,
  type AppResponse,
} from '../engine.js';
import { RawCall, RawUa, sdp } from '../raw-ua.js';

describe('dialogs that are no calls', () => {
  let engine: TestEngine;
  let phone: RawUa;

  beforeEach(async () => {
    engine = await TestEngine.start();
    phone = await RawUa.open({ user: 'watcher' });
  });

  afterEach(async () => {
    await phone.close();
    await engine.stop();
  });

  it.skipIf(onRealServer)(
    'a subscription to an application ends with its last NOTIFY',
    async () => {
      const dialogs: AppDialog[] = [];
      const app = await engine.app({
        subscribe: async (request, response) => {
          dialogs.push(await app.createUAS(request, response, {}));
        },
      });
      const call = RawCall.to(phone, engine.sipPort);
      await call.request('SUBSCRIBE', { headers: ['Event: dialog', 'Expires: 60'] });
      const accepted = await phone.expect(202);
      expect(accepted.header('contact')).not.toBe('');
      await pause(30);
      void dialogs[0]!.destroy().catch(() => undefined);
      const notify = await phone.expect('NOTIFY');
      expect(notify.header('subscription-state')).toBe('terminated');
      expect(notify.header('event')).toBe('dialog');
      await call.respond(notify, '200 OK');
      await pause(30);
      call.learn(accepted);
      await call.request('SUBSCRIBE', { headers: ['Event: dialog', 'Expires: 0'] });
      await phone.expect(481);
    },
  );

  it.skipIf(onRealServer)(
    'a subscription of an application is told what happens until it is terminated',
    async () => {
      const app = await engine.app();
      const subscribing = app.createUAC(phone.uri, {
        method: 'SUBSCRIBE',
        headers: { Event: 'dialog', Expires: '60' },
      });
      const subscribe = await phone.expect('SUBSCRIBE');
      const call = RawCall.from(phone, engine.sipPort, subscribe);
      await call.respond(subscribe, '202 Accepted', { headers: ['Expires: 60'] });
      const dialog = await subscribing;
      const headers = ['Event: dialog', 'Subscription-State: active'];
      await call.request('NOTIFY', { headers });
      await phone.expect(200);
      await call.request('NOTIFY', {
        headers: [headers[0]!, 'Subscription-State: terminated;reason=timeout'],
      });
      await phone.expect(200);
      await pause(30);
      await call.request('NOTIFY', { headers });
      await phone.expect(481);
      expect(dialog.id).toContain(call.callId);
    },
  );

  it.skipIf(onRealServer)(
    'a subscription that nobody refreshes ends, for either side (RFC 6665 §4.1.2.4)',
    async () => {
      const quick = await TestEngine.start({ timers: { t1: 5 } });
      const dialogs: AppDialog[] = [];
      const app = await quick.app({
        subscribe: async (request, response) => {
          dialogs.push(await app.createUAS(request, response, { headers: { Expires: '1' } }));
        },
      });
      const theirs = RawCall.to(phone, quick.sipPort);
      await theirs.request('SUBSCRIBE', { headers: ['Event: dialog', 'Expires: 60'] });
      theirs.learn(await phone.expect(202));
      const subscribing = app.createUAC(phone.uri, {
        method: 'SUBSCRIBE',
        headers: { Event: 'dialog', Expires: '60' },
      });
      const subscribe = await phone.expect('SUBSCRIBE');
      const ours = RawCall.from(phone, quick.sipPort, subscribe);
      await ours.respond(subscribe, '202 Accepted', { headers: ['Expires: 60'] });
      await subscribing;
      // The NOTIFY has the last word on how long it lasts.
      const active = ['Event: dialog', 'Subscription-State: active;expires=1'];
      await ours.request('NOTIFY', { headers: active });
      await phone.expect(200);
      await pause(1_000);
      // 64·T1 later than stated, for a last NOTIFY that is late.
      await ours.request('OPTIONS');
      await phone.expect(200);
      await pause(500);
      await ours.request('NOTIFY', { headers: active });
      await phone.expect(481);
      await theirs.request('SUBSCRIBE', { headers: ['Event: dialog', 'Expires: 60'] });
      await phone.expect(481);
      await quick.stop();
    },
  );

  it('a REFER inside a call reaches its application', async () => {
    const referred: string[] = [];
    const app = await engine.app({
      invite: async (request, response) => {
        const dialog = await app.createUAS(request, response, { localSdp: sdp });
        dialog.on('refer', (refer: AppRequest, answer: AppResponse) => {
          referred.push(refer.get('Refer-To'));
          answer.send(202);
        });
      },
    });
    const call = RawCall.to(phone, engine.sipPort);
    await call.establish();
    await pause(40);
    await call.request('REFER', { headers: ['Refer-To: <sip:c@c>'] });
    await phone.expect(202);
    expect(referred).toEqual(['<sip:c@c>']);
  });

  it.skipIf(onRealServer)('a BYE before the answer is a CANCEL to the application', async () => {
    const cancelled: string[] = [];
    await engine.app({
      invite: (request, response) => {
        request.on('cancel', () => cancelled.push(request.get('Call-ID')));
        response.send(180);
      },
    });
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    call.learn(await phone.expect(180));
    await call.request('BYE');
    const answers = [await phone.expect(200), await phone.expect(487)];
    expect(answers.map((answer) => answer.header('cseq').split(' ')[1])).toEqual(['BYE', 'INVITE']);
    await pause(30);
    expect(cancelled).toEqual([call.callId]);
  });

  it('an OPTIONS that an application asked for goes to it', async () => {
    await engine.app({ options: (_, response) => response.send(486) });
    await RawCall.to(phone, engine.sipPort).request('OPTIONS');
    await phone.expect(486);
  });
});
