import { afterEach, describe, expect, it } from 'vitest';
import { onRealServer, pause, TestEngine } from '../engine.js';
import { RawCall, RawUa, sdp } from '../raw-ua.js';
import { answering } from './parties.js';

describe.skipIf(onRealServer)('a long call', () => {
  const phones: RawUa[] = [];
  let engine: TestEngine;

  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.close();
    await engine.stop();
  });

  async function open(options: Parameters<typeof RawUa.open>[0]): Promise<RawUa> {
    const phone = await RawUa.open(options);
    phones.push(phone);
    return phone;
  }

  it.each([3_000_000, 4_294_967_295])(
    'with a session of %d seconds is not refreshed, nor ended, at once',
    async (seconds) => {
      engine = await TestEngine.start();
      const phone = await open({ user: 'alice' });
      await answering(engine);
      const headers = ['Supported: timer', `Session-Expires: ${seconds};refresher=uas`];
      await RawCall.to(phone, engine.sipPort).establish(sdp, headers);
      await pause(200);
      expect([phone.count('INVITE'), phone.count('BYE')]).toEqual([0, 0]);
    },
  );

  it('whose stream has closed meanwhile is ended at the Contact', async () => {
    engine = await TestEngine.start();
    const phone = await open({ user: 'alice', protocol: 'tcp' });
    const { dialog } = await answering(engine);
    const call = RawCall.to(phone, engine.sipPort);
    await call.establish();
    await pause(30);
    phone.hangUpStreams();
    await pause(50);
    const ending = (await dialog).destroy();
    await call.respond(await phone.expect('BYE'), '200 OK');
    await ending;
  });

  it('whose BYE was challenged is forgotten when nobody comes back with credentials', async () => {
    engine = await TestEngine.start({ timers: { t1: 10, t2: 80, t4: 50 } });
    const phone = await open({ user: 'alice' });
    const { dialog } = await answering(engine);
    const call = RawCall.to(phone, engine.sipPort);
    await call.establish();
    await pause(30);
    const ending = (await dialog).destroy();
    await call.respond(await phone.expect('BYE'), '401 Unauthorized');
    await ending;
    await call.request('INFO');
    expect((await phone.expect(404)).header('cseq')).toMatch(/INFO$/);
    await pause(800);
    await call.request('INFO');
    await phone.expect(481);
  });
});
