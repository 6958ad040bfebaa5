import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  onRealServer,
  pause,
  TestEngine,
  type App,
  type AppDialog,
  type AppRequest,
} from '../engine.js';
import { RawApp } from '../raw-app.js';
import { RawCall, RawUa, sdp, type RawMessage } from '../raw-ua.js';

interface RecordedMessage {
  readonly method?: string;
  readonly status?: number;
  get(name: string): string;
}

type Proxying = App & {
  proxyRequest(request: AppRequest, to: string[], options: object): Promise<unknown>;
};

/**
 * What `srf.on('cdr:…')` hears. A real drachtio-server says the same if its configuration has
 * `<cdrs>true</cdrs>`; the tests that it is left out of name where it differs.
 */
describe('call detail records', () => {
  let engine: TestEngine;
  let caller: RawUa;
  let callee: RawUa;
  /** `start network uac 200`: the record, who sent its message, role or reason, and the message. */
  let records: string[];
  let callIds: string[];

  beforeEach(async () => {
    engine = await TestEngine.start({
      timers: { t1: 50, t2: 200, t4: 200 },
      limits: { minSessionSeconds: 1 },
    });
    caller = await RawUa.open({ user: 'caller' });
    callee = await RawUa.open({ user: 'callee' });
    records = [];
    callIds = [];
    const book = await engine.app();
    for (const kind of ['attempt', 'start', 'stop']) {
      book.on(`cdr:${kind}`, (source: string, time: string, ...rest: unknown[]) => {
        expect(time).toMatch(/^\d\d:\d\d:\d\d\.\d{6}$/);
        const message = rest.pop() as RecordedMessage;
        records.push([kind, source, ...rest, message.status ?? message.method].join(' '));
        callIds.push(message.get('call-id'));
      });
    }
    await pause(40);
  });

  afterEach(async () => {
    await engine.stop();
    for (const ua of [caller, callee]) await ua.close();
  });

  /** Waits for so many records, and a little longer for one too many. */
  /** Longer than 64·T1, after which an unacknowledged call is stopped. */
  const written = async (count: number): Promise<string[]> => {
    for (let n = 0; n < 300 && records.length < count; n += 1) await pause(20);
    await pause(40);
    return records.splice(0);
  };

  async function answering(): Promise<void> {
    const app: App = await engine.app({
      invite: (request, response) => app.createUAS(request, response, { localSdp: sdp }),
    });
  }

  async function inviting(): Promise<RawCall> {
    const call = RawCall.to(caller, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    return call;
  }

  async function rung(): Promise<{ side: RawCall; heard: RawMessage }> {
    const heard = await callee.expect('INVITE');
    return { side: RawCall.from(callee, engine.sipPort, heard), heard };
  }

  it('a call that is answered and ended by its caller; a re-INVITE in it says nothing', async () => {
    await answering();
    const call = RawCall.to(caller, engine.sipPort);
    await call.establish();
    await call.establish();
    await call.request('BYE');
    expect(await written(3)).toEqual([
      'attempt network INVITE',
      'start application uas 200',
      'stop network normal-release BYE',
    ]);
    expect(new Set(callIds)).toEqual(new Set([call.callId]));
  });

  it('a call that its application refuses', async () => {
    await engine.app({ invite: (_, response) => response.send(486) });
    await inviting();
    expect(await written(2)).toEqual([
      'attempt network INVITE',
      'stop application call-rejected 486',
    ]);
  });

  it('a call that no application wants, and one to a dialog that does not exist', async () => {
    const call = await inviting();
    const rejected = (status: number): string[] => [
      'attempt network INVITE',
      `stop application call-rejected ${status}`,
    ];
    expect(await written(2)).toEqual(rejected(503));
    call.remote += ';tag=unknown';
    await call.request('INVITE', { body: sdp });
    expect(await written(2)).toEqual(rejected(481));
  });

  it('a call that its caller gives up', async () => {
    await engine.app({ invite: (_, response) => response.send(180) });
    const call = await inviting();
    await caller.expect(180);
    await call.request('CANCEL', { branch: call.branch });
    expect(await written(2)).toEqual([
      'attempt network INVITE',
      'stop network call-canceled INVITE',
    ]);
  });

  it.skipIf(onRealServer)('every attempt stops, though nobody ever rang', async () => {
    const silent = await RawApp.open(engine.adminPort, 'cymru');
    await silent.ask('route|invite');
    const call = await inviting();
    await caller.expect(100);
    await call.request('CANCEL', { branch: call.branch });
    expect((await written(2))[1]).toBe('stop network call-canceled INVITE');
    await inviting();
    await caller.expect(100);
    silent.close();
    expect((await written(2))[1]).toBe('stop application call-rejected 503');
  });

  it('a call of an application, answered, refused, cancelled or nowhere to go', async () => {
    const app = await engine.app();
    const calling = app.createUAC(callee.uri, { localSdp: sdp });
    const { side, heard } = await rung();
    await side.respond(heard, '200 OK', { body: sdp });
    const ended = (await calling).destroy();
    await side.respond(await callee.expect('BYE'), '200 OK');
    await ended;
    expect(await written(3)).toEqual([
      'attempt application INVITE',
      'start network uac 200',
      'stop application normal-release BYE',
    ]);
    const failing = async (status: string): Promise<string[]> => {
      const failed = expect(app.createUAC(callee.uri, { localSdp: sdp })).rejects.toThrow();
      const one = await rung();
      await one.side.respond(one.heard, status);
      await failed;
      return written(2);
    };
    const attempt = 'attempt application INVITE';
    expect(await failing('486 Busy')).toEqual([attempt, 'stop network call-rejected 486']);
    expect(await failing('487 Gone')).toEqual([attempt, 'stop network call-canceled 487']);
    const nowhere = app.createUAC('sip:x@127.0.0.1:9;transport=tcp', { localSdp: sdp });
    await expect(nowhere).rejects.toThrow();
    expect(await written(2)).toEqual([attempt, 'stop network call-rejected 503']);
  });

  it('a call that is answered while it is being cancelled', async () => {
    const app = await engine.app();
    let request: AppRequest | undefined;
    const calling: Promise<AppDialog> = app.createUAC(
      callee.uri,
      { localSdp: sdp },
      { cbRequest: (_, sent) => (request = sent) },
    );
    const { side, heard } = await rung();
    await side.respond(heard, '180 Ringing');
    await pause(50);
    request?.cancel();
    await callee.expect('CANCEL');
    await side.respond(heard, '200 OK', { body: sdp });
    await calling.catch(() => undefined);
    expect(await written(3)).toEqual([
      'attempt application INVITE',
      'start network uac 200',
      'stop application system-initiated-termination BYE',
    ]);
  });

  it('a proxied call has records on both sides, its BYE too', async () => {
    const app = (await engine.app({
      invite: (request) =>
        app.proxyRequest(request, [callee.uri.replace('callee', 'busy'), callee.uri], {
          recordRoute: true,
        }),
    })) as Proxying;
    const call = await inviting();
    const busy = await rung();
    await busy.side.respond(busy.heard, '486 Busy');
    const { side, heard } = await rung();
    const routes = heard.headers.get('record-route')?.map((route) => `Record-Route: ${route}`);
    await side.respond(heard, '200 OK', { body: sdp, headers: routes ?? [] });
    const ok = await caller.expect(200);
    call.learn(ok);
    const headers = [`Route: ${ok.header('record-route')}`];
    await call.request('ACK', { headers });
    expect(await written(6)).toEqual([
      'attempt network INVITE',
      'attempt application INVITE',
      'stop network call-rejected 486',
      'attempt application INVITE',
      'start network proxy-uac 200',
      'start application proxy-uas 200',
    ]);
    await call.request('BYE', { headers });
    await side.respond(await callee.expect('BYE'), '200 OK');
    expect(await written(2)).toEqual([
      'stop network normal-release BYE',
      'stop application normal-release BYE',
    ]);
  });

  it.skipIf(onRealServer)('a proxied call that its caller gives up', async () => {
    const app = (await engine.app({
      invite: (request) => app.proxyRequest(request, [callee.uri], {}),
    })) as Proxying;
    const call = await inviting();
    const { side, heard } = await rung();
    await side.respond(heard, '180 Ringing');
    await caller.expect(180);
    await call.request('CANCEL', { branch: call.branch });
    await side.respond(await callee.expect('CANCEL'), '200 OK');
    await side.respond(heard, '487 Request Terminated');
    expect(await written(4)).toEqual([
      'attempt network INVITE',
      'attempt application INVITE',
      'stop network call-canceled 487',
      'stop application call-canceled 487',
    ]);
  });

  it.skipIf(onRealServer)('a call that nobody refreshes expires', async () => {
    await answering();
    const call = RawCall.to(caller, engine.sipPort);
    await call.establish(sdp, ['Supported: timer', 'Session-Expires: 1;refresher=uac']);
    expect((await written(3))[2]).toBe('stop application session-expired BYE');
  });

  it.skipIf(onRealServer)('a call that nobody acknowledges is stopped by the engine', async () => {
    await answering();
    await inviting();
    expect((await written(3))[2]).toBe('stop application system-initiated-termination BYE');
  });

  it.skipIf(onRealServer)('both ends say BYE at once: one stop', async () => {
    const app: App = await engine.app({
      invite: async (request, response) => {
        const dialog = await app.createUAS(request, response, { localSdp: sdp });
        dialog.on('destroy', () => undefined);
        setTimeout(() => void dialog.destroy(), 60);
      },
    });
    const call = RawCall.to(caller, engine.sipPort);
    await call.establish();
    await caller.expect('BYE');
    await call.request('BYE');
    expect(await written(3)).toEqual([
      'attempt network INVITE',
      'start application uas 200',
      'stop application normal-release BYE',
    ]);
  });
});
