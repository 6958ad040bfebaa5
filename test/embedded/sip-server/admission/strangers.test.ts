import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { AdmissionOptions } from '../../../../src/embedded/sip-server/admission/admission-options.js';
import { onRealServer, pause, TestEngine } from '../engine.js';
import { RawCall, RawUa, sdp } from '../raw-ua.js';

describe.skipIf(onRealServer)('strangers at the engine', () => {
  let engine: TestEngine;
  const phones: RawUa[] = [];

  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.close();
    await engine.stop();
  });

  async function start(admission: Partial<AdmissionOptions>): Promise<void> {
    engine = await TestEngine.start({ more: { admission } });
    await engine.app({ invite: (_, response) => response.send(404) });
  }

  async function phoneAt(address: string): Promise<RawUa> {
    const phone = await RawUa.open({ address, engineAddress: '127.0.0.1' });
    phones.push(phone);
    return phone;
  }

  async function ask(phone: RawUa, headers: string[] = []): Promise<void> {
    await RawCall.to(phone, engine.sipPort).request('OPTIONS', { headers });
  }

  it('hear nothing where only peers are heard, over UDP', async () => {
    await start({ peers: ['127.0.0.0/28'], strangers: 'drop' });
    const peer = await phoneAt('127.0.0.3');
    const stranger = await phoneAt('127.0.0.99');
    await ask(stranger);
    await stranger.sendText(
      engine.sipPort,
      'INVITE nonsense SIP/2.0\r\nVia: SIP/2.0/UDP x\r\n\r\n',
    );
    await ask(peer);
    await peer.expect(200);
    await pause(50);
    expect(stranger.heard).toEqual([]);
  });

  it('hear of it where they are answered', async () => {
    await start({ peers: ['127.0.0.0/28'], strangers: 'answer' });
    const stranger = await phoneAt('127.0.0.99');
    await ask(stranger);
    await stranger.expect(200);
  });

  it('have their connections closed', async () => {
    await start({ peers: ['127.0.0.3'], strangers: 'drop' });
    const stream = (localAddress: string) =>
      connect({ host: '127.0.0.1', port: engine.sipPort, localAddress });
    const stranger = stream('127.0.0.99');
    stranger.on('error', () => undefined);
    await once(stranger, 'close');
    const peer = stream('127.0.0.3');
    await once(peer, 'connect');
    peer.write('\r\n\r\n');
    const [pong] = (await once(peer, 'data')) as [Buffer];
    expect(pong.toString()).toBe('\r\n');
    peer.destroy();
  });

  it('get no more answers than their rate allows', async () => {
    await start({ strangerPerSecond: 1 });
    const stranger = await phoneAt('127.0.0.1');
    for (let i = 0; i < 50; i += 1) await ask(stranger);
    await stranger.expect(200);
    await pause(100);
    expect(stranger.count(200)).toBeLessThanOrEqual(3);
  });

  it('who scan get no answer, not even where everybody is heard', async () => {
    await start({ peers: ['127.0.0.0/8'] });
    const phone = await phoneAt('127.0.0.1');
    await ask(phone, ['User-Agent: friendly-scanner']);
    await RawCall.to(phone, engine.sipPort).request('INVITE', {
      body: sdp,
      headers: ['User-Agent: sipcli/v1.8'],
    });
    await ask(phone, ['User-Agent: Asterisk PBX']);
    await phone.expect(200);
    await pause(50);
    expect(phone.heard).toHaveLength(1);
  });
});
