import { afterEach, describe, expect, it } from 'vitest';
import { onRealServer, pause, TestEngine, type AppDialog, type AppRequest } from '../engine.js';
import { RawCall, RawUa, sdp } from '../raw-ua.js';

describe('a call', () => {
  let engine: TestEngine | undefined;
  const phones: RawUa[] = [];

  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.close();
    await engine?.stop();
  });

  const cases = [
    { protocol: 'udp', address: '127.0.0.1' },
    { protocol: 'tcp', address: '127.0.0.1' },
    { protocol: 'udp', address: '::1' },
    { protocol: 'tcp', address: '::1' },
  ] as const;

  it.each(cases)('goes both ways over $protocol and $address', async ({ protocol, address }) => {
    if (onRealServer && address === '::1') return;
    engine = await TestEngine.start({ address });
    const phone = await RawUa.open({ protocol, address, user: 'bob' });
    phones.push(phone);
    const requests: AppRequest[] = [];
    const dialogs: AppDialog[] = [];
    const app = await engine.app({
      invite: async (request, response) => {
        requests.push(request);
        dialogs.push(await app.createUAS(request, response, { localSdp: sdp }));
      },
    });
    const call = RawCall.to(phone, engine.sipPort);
    await call.establish();
    await pause(40);
    expect(requests[0]!.protocol).toBe(protocol);
    const ending = dialogs[0]!.destroy();
    await call.respond(await phone.expect('BYE'), '200 OK');
    await ending;

    const dialing = app.createUAC(phone.uri, { localSdp: sdp });
    const invite = await phone.expect('INVITE');
    expect(invite.header('via')).toMatch(new RegExp(`^SIP/2.0/${protocol.toUpperCase()} `));
    expect(invite.header('contact').includes(';transport=tcp')).toBe(protocol === 'tcp');
    const leg = RawCall.from(phone, engine.sipPort, invite);
    await leg.respond(invite, '200 OK', { body: sdp });
    await phone.expect('ACK');
    const dialog = await dialing;
    const finished = dialog.destroy();
    await leg.respond(await phone.expect('BYE'), '200 OK');
    await finished;
  });

  it('over TCP to nobody fails with 503', async () => {
    engine = await TestEngine.start();
    const phone = await RawUa.open({ protocol: 'tcp' });
    const { uri } = phone;
    await phone.close();
    const app = await engine.app();
    await expect(app.createUAC(uri, { localSdp: sdp })).rejects.toMatchObject({ status: 503 });
  });

  it.skipIf(onRealServer)('follows the route that the peer recorded', async () => {
    engine = await TestEngine.start();
    const caller = await RawUa.open();
    const proxy = await RawUa.open();
    phones.push(caller, proxy);
    const dialogs: AppDialog[] = [];
    const app = await engine.app({
      invite: async (request, response) => {
        dialogs.push(await app.createUAS(request, response, { localSdp: sdp }));
      },
    });
    const call = RawCall.to(caller, engine.sipPort);
    const routes = [`Record-Route: <sip:${proxy.hostPort};lr>, <sip:10.1.1.1;lr>`];
    const ok = await call.establish(sdp, routes);
    expect(ok.header('record-route')).toBe(routes[0]!.slice('Record-Route: '.length));
    await pause(40);
    void dialogs[0]!.destroy().catch(() => undefined);
    const bye = await proxy.expect('BYE');
    expect(bye.startLine).toBe(`BYE ${caller.uri} SIP/2.0`);
    expect(bye.headers.get('route')).toEqual([`<sip:${proxy.hostPort};lr>`, '<sip:10.1.1.1;lr>']);
  });

  it.skipIf(onRealServer)(
    'with a Contact elsewhere stays with the packets it came in',
    async () => {
      engine = await TestEngine.start();
      const caller = await RawUa.open();
      phones.push(caller);
      const dialogs: AppDialog[] = [];
      const app = await engine.app({
        invite: async (request, response) => {
          dialogs.push(await app.createUAS(request, response, { localSdp: sdp }));
        },
      });
      const call = RawCall.to(caller, engine.sipPort);
      await call.request('INVITE', { body: sdp, contact: 'sip:me@192.168.77.1:5060' });
      call.learn(await caller.expect(200));
      await call.request('ACK', { contact: 'sip:me@192.168.77.1:5060' });
      await pause(40);
      void dialogs[0]!.destroy().catch(() => undefined);
      const bye = await caller.expect('BYE');
      expect(bye.startLine).toBe('BYE sip:me@192.168.77.1:5060 SIP/2.0');
    },
  );
});
