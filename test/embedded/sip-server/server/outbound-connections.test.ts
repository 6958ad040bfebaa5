import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestHandlerLimits } from '../../../../src/embedded/sip-server/wire/request-handler-options.js';
import { emitted, onRealServer, pause, TestEngine, type App } from '../engine.js';
import { RawCall, RawUa, sdp, tagIn } from '../raw-ua.js';

/** drachtio-srf's other side: it waits to be dialed. */
interface ListeningApp extends App {
  listen(options: object): Server;
  endSession(request: object): void;
}

const Srf = createRequire(import.meta.url)('drachtio-srf') as new () => ListeningApp;

describe.skipIf(onRealServer)('applications that wait to be dialed', () => {
  let engine: TestEngine;
  let phone: RawUa;
  let told: unknown;
  let asked: URL[];
  const open: (() => void)[] = [];

  async function listening(server: Server): Promise<number> {
    if (!server.listening) await once(server, 'listening');
    open.push(() => server.close());
    return (server.address() as AddressInfo).port;
  }

  /** An application of drachtio-srf; the sockets on which it was dialed. */
  async function listen(
    handlers: Record<string, (...args: Parameters<Parameters<App['use']>[1]>) => unknown>,
    secret = 'cymru',
  ): Promise<{ app: ListeningApp; uri: string; dialed: Socket[] }> {
    const app = new Srf();
    for (const [method, handler] of Object.entries(handlers)) app.use(method, handler);
    app.on('error', () => undefined);
    app.on('connect', () => undefined);
    const server = app.listen({ port: 0, host: '127.0.0.1', secret });
    const dialed: Socket[] = [];
    server.on('connection', (socket: Socket) => dialed.push(socket));
    open.push(() => dialed.forEach((socket) => socket.destroy()));
    return { app, uri: `127.0.0.1:${await listening(server)};transport=tcp`, dialed };
  }

  /** Says what `told` is; `undefined` leaves who asks waiting. */
  async function handler(): Promise<string> {
    const server = createHttpServer((request: IncomingMessage, response) => {
      asked.push(new URL(request.url ?? '', 'http://handler'));
      if (typeof told === 'string') response.end(told);
      else if (told !== undefined) response.end(JSON.stringify(told));
    });
    open.push(() => server.closeAllConnections());
    return `http://127.0.0.1:${await listening(server.listen(0, '127.0.0.1'))}/who?key=k`;
  }

  async function start(limits: Partial<RequestHandlerLimits> = {}, url?: string): Promise<void> {
    const requestHandlers = [{ method: 'INVITE', url: url ?? (await handler()) }];
    const timing = { answerMs: 400, dialMs: 400 };
    const more = { requestHandlers, requestHandlerLimits: { ...timing, ...limits } };
    engine = await TestEngine.start({ more });
  }

  const invite = async (user?: string): Promise<RawCall> => {
    const call = RawCall.to(phone, engine.sipPort, user);
    await call.request('INVITE', { body: sdp });
    return call;
  };
  const route = (uri: string): object => ({ action: 'route', data: { uri } });

  beforeEach(async () => {
    told = undefined;
    asked = [];
    phone = await RawUa.open();
  });

  afterEach(async () => {
    await phone.close();
    await engine.stop();
    for (const close of open.splice(0).reverse()) close();
  });

  it('are dialed for a call, which they answer, hear the end of, and hang up after', async () => {
    await start();
    const { app, uri, dialed } = await listen({
      invite: async (request, response) => {
        const dialog = await app.createUAS(request, response, { localSdp: sdp });
        dialog.on('destroy', () => {
          app.endSession(request);
        });
      },
    });
    told = route(uri);
    const call = await invite();
    await phone.expect(100);
    call.learn(await phone.expect(200));
    await call.ack();
    expect(dialed).toHaveLength(1);
    const hungUp = once(dialed[0]!, 'close');
    await call.request('BYE');
    await phone.expect(200);
    await hungUp;
  });

  it('are dialed for each call by itself', async () => {
    await start();
    const { uri, dialed } = await listen({ invite: (_, response) => response.send(486) });
    told = route(uri);
    for (let n = 0; n < 3; n += 1) {
      const call = await invite();
      call.learn(await phone.expect(486));
      await call.ack();
    }
    expect(dialed).toHaveLength(3);
  });

  it('need no handler to be named if the URL itself is where they are', async () => {
    const { uri, dialed } = await listen({ invite: (_, response) => response.send(486) });
    await start({}, `tcp://${uri.replace(/;.*/, '')}`);
    await invite();
    await phone.expect(486);
    expect(dialed).toHaveLength(1);
  });

  it('leave other methods to the applications that have connected', async () => {
    await start();
    await engine.app({
      options: (_, response) => response.send(202),
      invite: (_, response) => response.send(486),
    });
    told = { action: 'reject', data: { status: 603 } };
    await RawCall.to(phone, engine.sipPort).request('OPTIONS');
    await phone.expect(202);
    await invite();
    await phone.expect(603);
    expect(asked).toHaveLength(1);
  });

  it('that are dead cost the caller a 480', async () => {
    await start();
    const gone = createServer().listen(0, '127.0.0.1');
    told = route(`127.0.0.1:${await listening(gone)}`);
    gone.close();
    await invite();
    await phone.expect(480);
  });

  it('that take the call for their own with another secret get none', async () => {
    await start();
    let heard = 0;
    const { app, uri, dialed } = await listen({ invite: () => (heard += 1) }, 'guess');
    told = route(uri);
    const refused = emitted(app, 'connect');
    await invite();
    await phone.expect(480);
    expect(String((await refused)[0])).toContain('failed to authenticate');
    expect(heard).toBe(0);
    expect(dialed).toHaveLength(1);
  });

  it('that say nothing get nothing, and the caller a 480 in time', async () => {
    await start();
    let bytes = 0;
    const mute = createServer((socket) => {
      socket.on('error', () => undefined).on('data', (chunk: Buffer) => (bytes += chunk.length));
    });
    told = route(`127.0.0.1:${await listening(mute.listen(0, '127.0.0.1'))}`);
    await invite();
    await phone.expect(480);
    expect(bytes).toBe(0);
  });

  it('are not told of a call that its caller gave up meanwhile', async () => {
    await start({ dialMs: 3_000 });
    const heard: string[] = [];
    const slow = createServer((socket) => {
      socket.on('error', () => undefined).on('data', (chunk) => heard.push(String(chunk)));
    });
    told = route(`127.0.0.1:${await listening(slow.listen(0, '127.0.0.1'))}`);
    const accepted = once(slow, 'connection');
    const call = await invite();
    const [socket] = (await accepted) as [Socket];
    await call.request('CANCEL', { branch: call.branch });
    await phone.expect(487);
    socket.write('20#a|authenticate|cymru');
    await once(socket, 'end');
    expect(heard.join('')).toContain('|OK|');
    expect(heard.join('')).not.toContain('INVITE');
  });

  it('are never more than the server will hold', async () => {
    await start({ connections: 2 });
    const { uri, dialed } = await listen({ invite: () => undefined });
    told = route(uri);
    for (const user of ['a', 'b', 'c']) await invite(user);
    await phone.expect(480);
    await pause(50);
    expect(phone.count(480)).toBe(1);
    expect(dialed).toHaveLength(2);
  });

  describe('and the handler that names them', () => {
    it('is told who calls whom, and no parameter of a stranger takes the place of that', async () => {
      await start();
      told = { action: 'reject', data: { status: 404 } };
      const call = RawCall.to(phone, engine.sipPort, 'b%26b');
      call.target += ';source_address=192.0.2.9;key=mine;x=1;method=BYE';
      await call.request('INVITE', { body: sdp });
      await phone.expect(404);
      expect(asked[0]?.pathname).toBe('/who/');
      expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toEqual({
        key: 'k',
        method: 'INVITE',
        domain: '127.0.0.1',
        protocol: 'udp',
        source_address: '127.0.0.1',
        fromUser: phone.user,
        toUser: 'b%26b',
        uriUser: 'b%26b',
        contentType: 'application/sdp',
        uri: call.target,
        x: '1',
      });
      expect(asked[0]?.searchParams.getAll('source_address')).toEqual(['127.0.0.1']);
    });

    it('may refuse the call in its own words', async () => {
      await start();
      told = { action: 'reject', data: { status: 486, reason: 'Having Lunch' } };
      await invite();
      const refusal = await phone.expect(486);
      expect(refusal.startLine).toBe('SIP/2.0 486 Having Lunch');
      expect(tagIn(refusal.header('to'))).not.toBe('');
    });

    it('may send the caller elsewhere', async () => {
      await start();
      told = { action: 'redirect', data: { contact: ['sip:a@192.0.2.1', 'sip:b@192.0.2.1'] } };
      await invite();
      const contacts = (await phone.expect(302)).headers.get('contact');
      expect(contacts).toEqual(['sip:a@192.0.2.1', 'sip:b@192.0.2.1']);
    });

    it('may have the call sent on', async () => {
      await start();
      const callee = await RawUa.open({ user: 'callee' });
      told = { action: 'proxy', data: { destination: callee.uri } };
      await invite();
      const heard = await callee.expect('INVITE');
      await RawCall.from(callee, engine.sipPort, heard).respond(heard, '603 Decline');
      await phone.expect(603);
      await callee.close();
    });

    it('is not waited for longer than said', async () => {
      await start();
      await invite();
      await phone.expect(500);
      expect(asked).toHaveLength(1);
    });

    it.each<[string, unknown]>([
      ['no JSON', 'reject'],
      ['no object', []],
      ['an unknown action', { action: 'dance', data: {} }],
      ['to refuse with 200', { action: 'reject', data: { status: 200 } }],
      [
        'a reason of two lines',
        { action: 'reject', data: { status: 486, reason: 'x\r\nX-Evil: 1' } },
      ],
      ['a contact of two lines', { action: 'redirect', data: { contact: 'sip:a@b\r\nX-Evil: 1' } }],
      ['no port to dial', route('127.0.0.1')],
      ['to dial by TLS', route('127.0.0.1:9022;transport=tls')],
      ['too much', `{"action":"reject","data":{"status":486}}${' '.repeat(20_000)}`],
    ])('gets the caller a 500 by saying %s', async (_, nonsense) => {
      await start();
      told = nonsense;
      await invite();
      expect((await phone.expect(500)).headers.has('x-evil')).toBe(false);
    });

    it('is not asked about more calls at once than may wait; the rest get 503', async () => {
      await start({ waiting: 2 });
      for (const user of ['a', 'b', 'c']) await invite(user);
      await phone.expect(503);
      await phone.expect(500);
      await phone.expect(500);
      expect(asked).toHaveLength(2);
    });

    it('leaves a caller free to give up while it thinks', async () => {
      await start({ answerMs: 3_000 });
      const call = await invite();
      await phone.expect(100);
      await call.request('CANCEL', { branch: call.branch });
      await phone.expect(487);
    });

    it('keeps nobody from closing the server: who waits is told', async () => {
      await start({ answerMs: 60_000 });
      await invite();
      await phone.expect(100);
      await engine.stop();
      await phone.expect(500);
      engine = await TestEngine.start();
    });

    it.each(['ftp://127.0.0.1/', 'tcp://127.0.0.1', 'nonsense'])(
      'is none if its URL is %s: the server does not start',
      async (url) => {
        await expect(start({}, url)).rejects.toThrow();
        engine = await TestEngine.start();
      },
    );
  });
});
