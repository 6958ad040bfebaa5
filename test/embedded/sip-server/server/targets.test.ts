import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onRealServer, pause, TestEngine, type App, type AppRequest } from '../engine.js';
import { RawCall, RawUa, sdp, type RawMessage } from '../raw-ua.js';
import { a, srv, ZoneServer } from '../zone-server.js';

/** A carrier of two servers, the first preferred. T1 is 20 ms, so silence lasts 160 ms. */
describe.skipIf(onRealServer)('a request to a domain with several servers (RFC 3263 §4.3)', () => {
  const uri = 'sip:+15550100@carrier.test';
  let zone: ZoneServer;
  let engine: TestEngine;
  let app: App;
  let first: RawUa;
  let second: RawUa;

  beforeEach(async () => {
    zone = await ZoneServer.open();
    engine = await TestEngine.start({
      timers: { t1: 20, t2: 160, t4: 100 },
      more: { dnsServers: [zone.address] },
    });
    app = await engine.app();
    first = await RawUa.open({ user: 'first' });
    second = await RawUa.open({ user: 'second' });
    prefer(first.port, second.port);
  });

  afterEach(async () => {
    await first.close().catch(() => undefined);
    await second.close();
    await engine.stop();
    await zone.close();
  });

  function prefer(...ports: number[]): void {
    zone.zone = [
      a('host.test', '127.0.0.1'),
      ...ports.map((port, priority) =>
        srv('_sip._udp.carrier.test', port, 'host.test', { priority }),
      ),
    ];
  }

  const callOf = (ua: RawUa, invite: RawMessage): RawCall =>
    RawCall.from(ua, engine.sipPort, invite);

  async function answer(ua: RawUa): Promise<{ invite: RawMessage; call: RawCall }> {
    const invite = await ua.expect('INVITE');
    const call = callOf(ua, invite);
    await call.respond(invite, '200 OK', { body: sdp });
    await ua.expect('ACK');
    return { invite, call };
  }

  const branchOf = (message: RawMessage): string =>
    /branch=([^;]+)/.exec(message.header('via'))?.[1] ?? '';

  it('goes to the next when nothing listens at the first', async () => {
    await first.close();
    const dialing = app.createUAC(uri, { localSdp: sdp });
    const { call } = await answer(second);
    const dialog = await dialing;
    const ending = dialog.destroy();
    await call.respond(await second.expect('BYE'), '200 OK');
    await ending;
  });

  it('goes to the next with a branch of its own when the first is silent', async () => {
    const dialing = app.createUAC(uri, { localSdp: sdp });
    const unanswered = await first.expect('INVITE');
    const { invite } = await answer(second);
    await dialing;
    expect(branchOf(invite)).not.toBe(branchOf(unanswered));
    for (const same of ['call-id', 'cseq', 'from', 'to', 'contact']) {
      expect(invite.header(same)).toBe(unanswered.header(same));
    }
    expect(invite.body).toBe(unanswered.body);
    // Who wakes up late is told that nobody wants it any more.
    await callOf(first, unanswered).respond(unanswered, '180 Ringing');
    const cancel = await first.expect('CANCEL');
    expect(branchOf(cancel)).toBe(branchOf(unanswered));
  });

  it('goes to the next when the first is overloaded', async () => {
    const dialing = app.createUAC(uri, { localSdp: sdp });
    const refused = await first.expect('INVITE');
    await callOf(first, refused).respond(refused, '503 Service Unavailable');
    await first.expect('ACK');
    await answer(second);
    await dialing;
  });

  it('stays away from who said so, for as long as he said', async () => {
    const headers = ['Retry-After: 60 (maintenance)'];
    const dialing = app.createUAC(uri, { localSdp: sdp });
    const refused = await first.expect('INVITE');
    await callOf(first, refused).respond(refused, '503 Service Unavailable', { headers });
    await answer(second);
    await dialing;
    const again = app.createUAC(uri, { localSdp: sdp });
    await answer(second);
    await again;
    const calls = new Set(first.heard.map((message) => message.header('call-id')));
    expect(calls.size).toBe(1);
  });

  it('remembers who was silent, and asks him last', async () => {
    for (let call = 0; call < 2; call += 1) {
      const dialing = app.createUAC(uri, { localSdp: sdp });
      await answer(second);
      await dialing;
    }
    const calls = new Set(first.heard.map((invite) => invite.header('call-id')));
    expect(calls.size).toBe(1);
  });

  it('is answered 503 by who comes last, as he said it', async () => {
    const dialing = app.createUAC(uri, { localSdp: sdp });
    dialing.catch(() => undefined);
    for (const [ua, reason] of [
      [first, 'Busy Here And Now'],
      [second, 'No Circuits'],
    ] as const) {
      const invite = await ua.expect('INVITE');
      await callOf(ua, invite).respond(invite, `503 ${reason}`);
    }
    await expect(dialing).rejects.toMatchObject({ status: 503, reason: 'No Circuits' });
  });

  it('is no more sent elsewhere once the callee rings', async () => {
    const dialing = app.createUAC(uri, { localSdp: sdp });
    dialing.catch(() => undefined);
    const invite = await first.expect('INVITE');
    const call = callOf(first, invite);
    await call.respond(invite, '180 Ringing');
    await pause(30);
    await call.respond(invite, '503 Service Unavailable');
    await expect(dialing).rejects.toMatchObject({ status: 503 });
    await pause(200);
    expect(second.heard).toEqual([]);
  });

  it('is no more sent elsewhere once the application has given up', async () => {
    let invited: AppRequest | undefined;
    const dialing = app.createUAC(
      uri,
      { localSdp: sdp },
      { cbRequest: (_, request) => (invited = request) },
    );
    dialing.catch(() => undefined);
    await first.expect('INVITE');
    await pause(30);
    invited?.cancel();
    await expect(dialing).rejects.toMatchObject({ status: 408 });
    expect(second.heard).toEqual([]);
  });

  it('is given up at the second when the first answers after all', async () => {
    const dialing = app.createUAC(uri, { localSdp: sdp });
    const early = await first.expect('INVITE');
    const late = await second.expect('INVITE');
    await callOf(second, late).respond(late, '180 Ringing');
    await callOf(first, early).respond(early, '200 OK', { body: sdp });
    await first.expect('ACK');
    await second.expect('CANCEL');
    expect((await dialing).remote.uri).toBe(first.uri);
  });

  it('that is answered twice is one call: the second is ended', async () => {
    const dialing = app.createUAC(uri, { localSdp: sdp });
    const early = await first.expect('INVITE');
    const late = await second.expect('INVITE');
    await callOf(second, late).respond(late, '200 OK', { body: sdp });
    await second.expect('ACK');
    await callOf(first, early).respond(early, '200 OK', { body: sdp });
    await first.expect('ACK');
    await first.expect('BYE');
    expect((await dialing).remote.uri).toBe(second.uri);
    expect(second.count('BYE')).toBe(0);
  });

  it('other than INVITE waits for its answer, but not at a closed door', async () => {
    await first.close();
    const sending = app.request(uri, { method: 'MESSAGE' });
    const message = await second.expect('MESSAGE');
    await callOf(second, message).respond(message, '200 OK');
    await sending;
  });

  it('stays with the server that answered when the application chose the next hop', async () => {
    await first.close();
    const proxy = 'sip:carrier.test';
    const dialing = app.createUAC('sip:bob@elsewhere.test', { localSdp: sdp, proxy });
    const { call } = await answer(second);
    const ending = (await dialing).destroy();
    await call.respond(await second.expect('BYE'), '200 OK');
    await ending;
  });

  it('is 503 when there is no such name, and nobody waits for a name server that is silent', async () => {
    zone.zone = [];
    await expect(app.createUAC(uri, { localSdp: sdp })).rejects.toMatchObject({ status: 503 });
    zone.mischief = 'silence';
    const stuck = app.createUAC('sip:bob@slow.test', { localSdp: sdp });
    stuck.catch(() => undefined);
    // The engine answers while it waits.
    const call = RawCall.to(second, engine.sipPort);
    await call.request('OPTIONS');
    await second.expect(200, 500);
    await expect(stuck).rejects.toMatchObject({ status: 503 });
  });
});

describe.skipIf(onRealServer)('a request too large for a datagram (RFC 3261 §18.1.1)', () => {
  const large = `${sdp}${'a=x:0123456789012345678901234567890\r\n'.repeat(40)}`;
  let engine: TestEngine;
  let app: App;
  let udp: RawUa;
  let tcp: RawUa | undefined;

  beforeEach(async () => {
    udp = await RawUa.open({ user: 'bob' });
  });

  afterEach(async () => {
    await udp.close();
    await tcp?.close();
    tcp = undefined;
    await engine.stop();
  });

  async function start(largeRequests?: 'udp'): Promise<void> {
    engine = await TestEngine.start({
      timers: { t1: 50, t2: 400, t4: 500 },
      more: largeRequests ? { largeRequests } : {},
    });
    app = await engine.app();
  }

  async function answer(ua: RawUa): Promise<RawMessage> {
    const invite = await ua.expect('INVITE');
    await RawCall.from(ua, engine.sipPort, invite).respond(invite, '200 OK', { body: sdp });
    return invite;
  }

  it('goes by TCP, and says so', async () => {
    await start();
    tcp = await RawUa.open({ protocol: 'tcp', port: udp.port });
    const dialing = app.createUAC(udp.uri, { localSdp: large });
    const invite = await answer(tcp);
    expect(invite.header('via')).toMatch(/^SIP\/2\.0\/TCP /);
    expect(invite.header('contact')).not.toContain('transport=tcp');
    await tcp.expect('ACK');
    expect((await dialing).connected).toBe(true);
    expect(udp.heard).toEqual([]);
  });

  it('goes by UDP after all where TCP is refused, at once, and next time without asking', async () => {
    await start();
    const dialing = app.createUAC(udp.uri, { localSdp: large });
    const invite = await answer(udp);
    expect(invite.header('via')).toMatch(/^SIP\/2\.0\/UDP /);
    await dialing;
    // Whether TCP works by now is not looked at again for an hour.
    tcp = await RawUa.open({ protocol: 'tcp', port: udp.port });
    const again = app.createUAC(udp.uri, { localSdp: large });
    await answer(udp);
    await again;
    expect(tcp.heard).toEqual([]);
  });

  it('goes by UDP after all where TCP is taken but nobody answers', async () => {
    await start();
    tcp = await RawUa.open({ protocol: 'tcp', port: udp.port });
    const dialing = app.createUAC(udp.uri, { localSdp: large });
    await tcp.expect('INVITE');
    await answer(udp);
    await dialing;
  });

  it('goes by UDP whatever its size where the operator wants it so', async () => {
    await start('udp');
    tcp = await RawUa.open({ protocol: 'tcp', port: udp.port });
    const dialing = app.createUAC(udp.uri, { localSdp: large });
    await answer(udp);
    await dialing;
    expect(tcp.heard).toEqual([]);
  });

  it('and small ones go by UDP', async () => {
    await start();
    tcp = await RawUa.open({ protocol: 'tcp', port: udp.port });
    const dialing = app.createUAC(udp.uri, { localSdp: sdp });
    await answer(udp);
    await dialing;
    expect(tcp.heard).toEqual([]);
  });

  it('inside a dialog goes by TCP too, and later small ones by UDP again', async () => {
    await start();
    tcp = await RawUa.open({ protocol: 'tcp', port: udp.port });
    const dialing = app.createUAC(udp.uri, { localSdp: sdp });
    await answer(udp);
    const dialog = await dialing;
    const changing = dialog.modify(large);
    const invite = await answer(tcp);
    expect(invite.header('via')).toMatch(/^SIP\/2\.0\/TCP /);
    await changing;
  });
});

describe.skipIf(onRealServer)('the answers to a request over UDP', () => {
  it('go to where it came from, whatever its Via says (RFC 3581, no maddr)', async () => {
    const engine = await TestEngine.start();
    const phone = await RawUa.open();
    const victim = createSocket('udp4').bind(0, '127.0.0.1');
    await once(victim, 'listening');
    const hit: Buffer[] = [];
    victim.on('message', (bytes) => hit.push(bytes));
    const { port } = victim.address();
    for (const [at, via] of [
      `127.0.0.1:${port}`,
      `127.0.0.1:${port};rport=${port}`,
      `192.0.2.1;maddr=127.0.0.1;received=127.0.0.1;rport=${port}`,
      `127.0.0.1:${port};maddr=127.0.0.1;ttl=1`,
      `victim.test:${port}`,
    ].entries()) {
      await phone.send(engine.sipPort, [
        `OPTIONS sip:x@127.0.0.1:${engine.sipPort} SIP/2.0`,
        `Via: SIP/2.0/UDP ${via};branch=z9hG4bKforged${at}`,
        'Max-Forwards: 70',
        'From: <sip:a@b>;tag=1',
        'To: <sip:x@y>',
        `Call-ID: forged-${at}`,
        'CSeq: 1 OPTIONS',
      ]);
      await phone.expect(200);
    }
    await pause(50);
    expect(hit).toEqual([]);
    victim.close();
    await phone.close();
    await engine.stop();
  });
});
