import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onRealServer, pause, TestEngine, type App } from '../engine.js';
import { RawApp, type RawFrame } from '../raw-app.js';
import { RawCall, RawUa, sdp, type RawMessage } from '../raw-ua.js';

interface Outcome {
  readonly connected: boolean;
  readonly responses: readonly { msgs: readonly { status: number }[] }[];
}

type Proxying = App & {
  proxyRequest(request: object, to: string[], options: object): Promise<Outcome>;
};

/** RFC 3261 §16, as `srf.proxyRequest` asks for it. */
describe.skipIf(onRealServer)('proxying for an application', () => {
  let engine: TestEngine;
  let caller: RawUa;
  let first: RawUa;
  let second: RawUa;

  beforeEach(async () => {
    engine = await TestEngine.start({ timers: { t1: 50, t2: 200, t4: 200 } });
    caller = await RawUa.open({ user: 'caller' });
    first = await RawUa.open({ user: 'first' });
    second = await RawUa.open({ user: 'second' });
  });

  afterEach(async () => {
    await engine.stop();
    for (const ua of [caller, first, second]) await ua.close();
  });

  /** An application that proxies every INVITE, and what it was told of each. */
  async function proxying(options: object, to = [first, second]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const app = (await engine.app({
      invite: (request) =>
        app
          .proxyRequest(
            request,
            to.map((ua) => ua.uri),
            options,
          )
          .then((outcome) => outcomes.push(outcome)),
    })) as Proxying;
    return outcomes;
  }

  const statuses = (outcome?: Outcome): number[] =>
    outcome?.responses.flatMap(({ msgs }) => msgs.map(({ status }) => status)) ?? [];

  async function invite(): Promise<RawCall> {
    const call = RawCall.to(caller, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    return call;
  }

  async function rung(ua: RawUa): Promise<{ side: RawCall; heard: RawMessage }> {
    const heard = await ua.expect('INVITE');
    return { side: RawCall.from(ua, engine.sipPort, heard), heard };
  }

  const recordRouteOf = (message: RawMessage): string[] => [
    ...(message.headers.get('record-route') ?? []),
  ];

  it('sends the request on with its own Via, one hop fewer, and the address of the destination', async () => {
    const outcomes = await proxying({});
    const call = await invite();
    const { side, heard } = await rung(first);
    expect(heard.startLine).toBe(`INVITE ${first.uri} SIP/2.0`);
    expect(heard.headers.get('via')).toHaveLength(2);
    expect(heard.header('max-forwards')).toBe('69');
    expect(heard.header('call-id')).toBe(call.callId);
    expect(recordRouteOf(heard)).toEqual([]);
    await side.respond(heard, '180 Ringing');
    await side.respond(heard, '200 OK', { body: sdp });
    const ringing = await caller.expect(180);
    expect(ringing.headers.get('via')).toHaveLength(1);
    expect((await caller.expect(200)).body).toBe(sdp);
    await pause(60);
    expect(outcomes.map((outcome) => outcome.connected)).toEqual([true]);
    expect(second.heard).toEqual([]);
  });

  it('asks the next destination when one refuses, and tells the application of every final answer', async () => {
    const outcomes = await proxying({});
    await invite();
    const one = await rung(first);
    await one.side.respond(one.heard, '486 Busy Here');
    await first.expect('ACK');
    const two = await rung(second);
    await two.side.respond(two.heard, '200 OK', { body: sdp });
    await caller.expect(200);
    await pause(60);
    expect(caller.count(486)).toBe(0);
    expect(statuses(outcomes[0])).toEqual([486, 200]);
  });

  it('rings all at once when asked, and cancels who did not answer', async () => {
    const outcomes = await proxying({ forking: 'simultaneous' });
    await invite();
    const one = await rung(first);
    const two = await rung(second);
    await one.side.respond(one.heard, '180 Ringing');
    await caller.expect(180);
    await two.side.respond(two.heard, '200 OK', { body: sdp });
    await caller.expect(200);
    const cancel = await first.expect('CANCEL');
    await one.side.respond(cancel, '200 OK');
    await one.side.respond(one.heard, '487 Request Terminated');
    await first.expect('ACK');
    await pause(60);
    expect(outcomes[0]?.connected).toBe(true);
    expect(caller.count(487)).toBe(0);
  });

  it('passes on the best of the failures', async () => {
    const outcomes = await proxying({ forking: 'simultaneous' });
    await invite();
    const one = await rung(first);
    const two = await rung(second);
    await one.side.respond(one.heard, '503 Service Unavailable');
    await two.side.respond(two.heard, '404 Not Found');
    expect((await caller.expect(404)).headers.get('via')).toHaveLength(1);
    await pause(60);
    expect(outcomes[0]?.connected).toBe(false);
    expect(statuses(outcomes[0]).sort()).toEqual([404, 503]);
  });

  it('ends the search with a 6xx', async () => {
    await proxying({});
    await invite();
    const one = await rung(first);
    await one.side.respond(one.heard, '603 Decline');
    await caller.expect(603);
    await pause(60);
    expect(second.heard).toEqual([]);
  });

  it('carries a CANCEL to whoever rings', async () => {
    const outcomes = await proxying({});
    const call = await invite();
    const { side, heard } = await rung(first);
    await side.respond(heard, '180 Ringing');
    await caller.expect(180);
    await call.request('CANCEL', { branch: call.branch });
    await caller.expect(200);
    const cancel = await first.expect('CANCEL');
    await side.respond(cancel, '200 OK');
    await side.respond(heard, '487 Request Terminated');
    await caller.expect(487);
    await pause(60);
    expect(outcomes[0]?.connected).toBe(false);
    expect(second.heard).toEqual([]);
  });

  it('moves on from a destination that says nothing or does not answer in time', async () => {
    await proxying({ provisionalTimeout: '200ms', finalTimeout: '400ms' });
    await invite();
    await rung(first);
    const two = await rung(second);
    await two.side.respond(two.heard, '180 Ringing');
    const cancel = await second.expect('CANCEL');
    await two.side.respond(cancel, '200 OK');
    await caller.expect(408);
  });

  it('cancels nothing but an INVITE (RFC 3261 §9.1)', async () => {
    const options = { finalTimeout: '150ms' };
    const app = (await engine.app({
      message: (request) => app.proxyRequest(request, [first.uri, second.uri], options),
    })) as Proxying;
    await RawCall.to(caller, engine.sipPort).request('MESSAGE');
    const slow = await first.expect('MESSAGE');
    await RawCall.from(first, engine.sipPort, slow).respond(slow, '100 Trying');
    const other = await second.expect('MESSAGE');
    await RawCall.from(second, engine.sipPort, other).respond(other, '200 OK');
    await caller.expect(200);
    await pause(60);
    expect(first.count('CANCEL')).toBe(0);
  });

  it('moves on from a destination that nobody listens at', async () => {
    await first.close();
    first = await RawUa.open();
    const gone = await RawUa.open();
    await gone.close();
    await proxying({}, [gone, first]);
    await invite();
    const one = await rung(first);
    await one.side.respond(one.heard, '200 OK', { body: sdp });
    await caller.expect(200);
  });

  it('follows a redirection when asked, else hands it to the caller', async () => {
    await proxying({ followRedirects: true }, [first]);
    await invite();
    const one = await rung(first);
    await first.send(engine.sipPort, [
      'SIP/2.0 302 Moved Temporarily',
      ...(one.heard.headers.get('via') ?? []).map((via) => `Via: ${via}`),
      `From: ${one.heard.header('from')}`,
      `To: ${one.heard.header('to')};tag=moved`,
      `Call-ID: ${one.heard.header('call-id')}`,
      `CSeq: ${one.heard.header('cseq')}`,
      `Contact: <${second.uri}>`,
    ]);
    const two = await rung(second);
    await two.side.respond(two.heard, '200 OK', { body: sdp });
    await caller.expect(200);
  });

  it('takes credentials to the destination that asked for them, and to no other', async () => {
    const outcomes = await proxying({});
    const call = await invite();
    const refused = await rung(first);
    await refused.side.respond(refused.heard, '486 Busy Here');
    const asked = await rung(second);
    const challenge = 'Proxy-Authenticate: Digest realm="home", nonce="n1", algorithm=MD5';
    await asked.side.respond(asked.heard, '407 Authenticate', { headers: [challenge] });
    await caller.expect(407);
    await call.request('ACK', { branch: call.branch });
    const answer = (nonce: string): string[] => [
      `Proxy-Authorization: Digest username="u", realm="home", nonce="${nonce}", response="0"`,
    ];
    await call.request('INVITE', { body: sdp, headers: answer('n1') });
    const again = await rung(second);
    expect(again.heard.header('call-id')).toBe(call.callId);
    expect(again.heard.header('proxy-authorization')).toContain('nonce="n1"');
    await again.side.respond(again.heard, '486 Busy Here');
    await caller.expect(486);
    await call.request('ACK', { branch: call.branch });
    await pause(60);
    expect(outcomes.map(statuses)).toEqual([[486, 407], [486]]);
    expect(first.count('INVITE')).toBe(1);
    // The nonce is spent; a made-up one leads nowhere else either.
    for (const nonce of ['n1', 'made up']) {
      await call.request('INVITE', { body: sdp, headers: answer(nonce) });
      const anew = await rung(first);
      await anew.side.respond(anew.heard, '603 Decline');
      await caller.expect(603);
    }
  });

  it.each(['another call', 'the same call, sent elsewhere'])(
    'takes the credentials of %s to where the application says',
    async (which) => {
      const destinations = [first, second];
      const app = (await engine.app({
        invite: (request) => app.proxyRequest(request, [destinations.shift()?.uri ?? ''], {}),
      })) as Proxying;
      const call = await invite();
      const asked = await rung(first);
      const challenge = 'Proxy-Authenticate: Digest realm="home", nonce="n1", algorithm=MD5';
      await asked.side.respond(asked.heard, '407 Authenticate', { headers: [challenge] });
      await caller.expect(407);
      await call.request('ACK', { branch: call.branch });
      const next = which === 'another call' ? RawCall.to(caller, engine.sipPort) : call;
      const answer =
        'Proxy-Authorization: Digest username="u", realm="home", nonce="n1", response="0"';
      await next.request('INVITE', { body: sdp, headers: [answer] });
      const other = await rung(second);
      await other.side.respond(other.heard, '486 Busy Here');
      await caller.expect(486);
      expect(first.count('INVITE')).toBe(1);
    },
  );

  it('stays in the path when asked: later requests of both sides pass, and the application hears none', async () => {
    const app = await RawApp.open(engine.adminPort, 'cymru');
    for (const method of ['invite', 'info', 'bye']) await app.ask(`route|${method}`);
    const call = await invite();
    const isSip = (frame: RawFrame): boolean => frame.tokens[1] === 'sip';
    const txn = (await app.expect(isSip)).tokens[8] ?? '';
    const command = `proxy|${txn}|remainInDialog|fullResponse||serial|||${first.uri}`;
    const id = app.send(`${command}\r\nINVITE ${first.uri} SIP/2.0\r\nX-Note: kept\r\n\r\n`);
    const { side, heard } = await rung(first);
    expect(heard.header('x-note')).toBe('kept');
    const ours = `<sip:127.0.0.1:${engine.sipPort};lr>`;
    expect(recordRouteOf(heard)).toEqual([ours]);
    await side.respond(heard, '200 OK', { body: sdp, headers: [`Record-Route: ${ours}`] });
    call.learn(await caller.expect(200));
    const told = await app.expect((frame) => frame.tokens[2] === id);
    expect(told.tokens.slice(3, 5)).toEqual(['OK', 'network']);
    expect(told.tokens[12]).toBe('continue');
    const done = await app.expect((frame) => frame.tokens[2] === id);
    expect(done.tokens.slice(3)).toEqual(['OK', 'done']);
    const before = app.frames.length;

    await call.request('ACK', { headers: [`Route: ${ours}`] });
    const ack = await first.expect('ACK');
    expect(ack.header('route')).toBe('');
    side.remote = heard.header('from');
    await side.request('INFO', { headers: [`Route: ${ours}`] });
    const info = await caller.expect('INFO');
    await call.respond(info, '200 OK');
    await first.expect(200);
    await call.request('INVITE', { body: sdp, headers: [`Route: ${ours}`] });
    const again = await first.expect('INVITE');
    await side.respond(again, '488 Not Acceptable Here');
    await caller.expect(488);
    await call.request('BYE', { headers: [`Route: ${ours}`] });
    const bye = await first.expect('BYE');
    expect(bye.headers.get('via')).toHaveLength(2);
    await side.respond(bye, '200 OK');
    await caller.expect(200);
    expect(app.frames).toHaveLength(before);
    // The call is over, and with it the way through.
    await call.request('INFO', { headers: [`Route: ${ours}`] });
    await caller.expect(481);
    app.close();
  });

  it.each(['486 Busy Here', '200 OK'])('knows who only rang no more after a %s', async (final) => {
    await proxying({ forking: 'simultaneous', remainInDialog: true });
    await invite();
    const one = await rung(first);
    const two = await rung(second);
    await one.side.respond(one.heard, '180 Ringing');
    await caller.expect(180);
    one.side.remote = one.heard.header('from');
    await one.side.request('INFO');
    await caller.expect('INFO');
    await two.side.respond(two.heard, final, { body: sdp });
    if (final === '200 OK') await first.expect('CANCEL');
    await one.side.respond(one.heard, '486 Busy Here');
    await caller.expect(Number.parseInt(final, 10));
    await one.side.request('INFO');
    await first.expect(481);
  });

  it('is no open relay: a stranger who names us in a Route gets nowhere', async () => {
    await proxying({ remainInDialog: true });
    const stranger = await RawUa.open();
    const call = RawCall.to(stranger, engine.sipPort);
    call.target = first.uri;
    call.remote += ';tag=guessed';
    await call.request('BYE', { headers: [`Route: <sip:127.0.0.1:${engine.sipPort};lr>`] });
    await stranger.expect(481);
    await stranger.close();
    await pause(60);
    expect(first.heard).toEqual([]);
  });

  it('refuses to proxy what was answered, or nowhere', async () => {
    const app = await RawApp.open(engine.adminPort, 'cymru');
    await app.ask('route|invite');
    await invite();
    const txn = (await app.expect((frame) => frame.tokens[1] === 'sip')).tokens[8] ?? '';
    const nowhere = await app.ask(`proxy|${txn}||fullResponse||serial|||nonsense\r\n`);
    expect(nowhere.tokens.slice(3)).toEqual(['NOK', 'error proxying request to nonsense']);
    await caller.expect(500);
    const late = await app.ask(`proxy|${txn}||fullResponse||serial|||${first.uri}\r\n`);
    expect(late.tokens.slice(3)).toEqual(['NOK', `Unknown transaction id: ${txn}`]);
    app.close();
  });
});
