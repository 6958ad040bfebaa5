import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { AdmissionOptions } from '../../../../src/embedded/sip-server/admission/admission-options.js';
import { onRealServer, pause, TestEngine, type App } from '../engine.js';
import { RawCall, RawUa, sdp } from '../raw-ua.js';

describe.skipIf(onRealServer)('strangers at the engine', () => {
  let engine: TestEngine;
  let app: App;
  const phones: RawUa[] = [];

  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.close();
    await engine.stop();
  });

  async function start(admission: Partial<AdmissionOptions>): Promise<void> {
    engine = await TestEngine.start({ more: { admission } });
    app = await engine.app({ invite: (_, response) => response.send(404) });
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

  it('hear the answer to their BYE where the Contact of a call says they are, until it ends', async () => {
    await start({ peers: ['127.0.0.3'], strangers: 'drop' });
    const peer = await phoneAt('127.0.0.3');
    const elsewhere = await phoneAt('127.0.0.4');
    const dialing = app.createUAC(peer.uri, { localSdp: sdp });
    const invite = await peer.expect('INVITE');
    const call = RawCall.from(peer, engine.sipPort, invite);
    await call.respond(invite, '200 OK', { body: sdp, contact: elsewhere.uri });
    await dialing;
    await ask(await phoneAt('127.0.0.5'));
    const bye = [
      `BYE ${call.target} SIP/2.0`,
      `Via: SIP/2.0/UDP ${elsewhere.hostPort};rport;branch=z9hG4bKelsewhere`,
      `From: ${call.local}`,
      `To: ${call.remote}`,
      `Call-ID: ${call.callId}`,
      'CSeq: 200 BYE',
    ];
    await elsewhere.send(engine.sipPort, bye);
    await elsewhere.expect(200);
    expect(phones[2]?.heard).toEqual([]);
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

  it('get no more answers over a stream, however broken what they send', async () => {
    await start({ strangerPerSecond: 5 });
    const stream = connect({ host: '127.0.0.1', port: engine.sipPort });
    let text = '';
    stream.setEncoding('latin1').on('data', (more: string) => (text += more));
    const broken = [
      'OPTIONS sip:a@127.0.0.1 SIP/2.0',
      'Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKbroken',
      'From: <sip:a@127.0.0.1>;tag=1',
      'To: <sip:a@127.0.0.1>',
      'Call-ID: broken',
      'CSeq: nonsense',
      'Content-Length: 0',
      '\r\n',
    ].join('\r\n');
    stream.write(broken.repeat(200));
    const answers = (): number => text.match(/^SIP\/2\.0 400 /gm)?.length ?? 0;
    await expect.poll(answers).toBeGreaterThan(0);
    await pause(200);
    expect(answers()).toBeLessThan(50);
    stream.destroy();
  });

  it('who scan get no answer, not even where everybody is heard', async () => {
    await start({ strangers: 'answer' });
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
