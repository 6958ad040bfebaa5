import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  onRealServer,
  pause,
  TestEngine,
  type AppDialog,
  type AppRequest,
  type AppResponse,
} from '../engine.js';
import { RawUa, sdp, type RawCall } from '../raw-ua.js';
import { called } from './parties.js';

/** Where the requests of a dialog go when its peer has moved (RFC 6141 §4). */
describe.skipIf(onRealServer)('the Contact of a peer', () => {
  let engine: TestEngine;
  let phone: RawUa;
  let dialog: AppDialog;
  let call: RawCall;
  let moved: string;

  beforeEach(async () => {
    engine = await TestEngine.start();
    phone = await RawUa.open({ user: 'bob' });
    ({ dialog, call } = await called(engine, phone));
    moved = `sip:moved@${phone.hostPort}`;
  });
  afterEach(async () => {
    await phone.close();
    await engine.stop();
  });

  const answering = (event: 'modify' | 'update', answer: (response: AppResponse) => void): void => {
    dialog.on(event, (_: AppRequest, response: AppResponse) => answer(response));
  };

  /** Where the next request of the application goes. */
  async function target(): Promise<string> {
    const asking = dialog.request({ method: 'INFO' });
    const info = await phone.expect('INFO');
    await call.respond(info, '200 OK');
    await asking;
    return info.startLine.split(' ')[1] ?? '';
  }

  it.each(['INVITE', 'UPDATE'] as const)('in an accepted %s is where we go', async (method) => {
    answering(method === 'INVITE' ? 'modify' : 'update', (response) =>
      response.send(200, { body: sdp }),
    );
    await call.request(method, { contact: moved, body: sdp });
    await phone.expect(200);
    if (method === 'INVITE') await call.ack();
    await pause(20);
    expect(await target()).toBe(moved);
  });

  it.each(['INVITE', 'UPDATE'] as const)('in a refused %s counts for nothing', async (method) => {
    answering(method === 'INVITE' ? 'modify' : 'update', (response) => response.send(488));
    await call.request(method, { contact: moved, body: sdp });
    await phone.expect(488);
    expect(await target()).toBe(phone.uri);
  });

  it('in a re-INVITE that is not answered yet counts for nothing yet', async () => {
    answering('modify', () => undefined);
    await call.request('INVITE', { contact: moved, body: sdp });
    await phone.expect(100);
    await pause(20);
    expect(await target()).toBe(phone.uri);
  });

  it('stays when a re-INVITE is refused after a reliable provisional response', async () => {
    answering('modify', (response) => {
      response.send(183, { headers: { Require: '100rel' } });
      setTimeout(() => response.send(488), 50);
    });
    await call.request('INVITE', { contact: moved, body: sdp, headers: ['Supported: 100rel'] });
    await phone.expect(183);
    await phone.expect(488);
    expect(await target()).toBe(moved);
  });

  it.each([
    ['reliable provisional response', ['Require: 100rel', 'RSeq: 9'], 'moved'],
    ['provisional response that may get lost', [], 'bob'],
  ])('in a %s to our re-INVITE, which is then refused: %j', async (_, headers, where) => {
    const modified = dialog.modify(sdp).catch((error: unknown) => error);
    const reinvite = await phone.expect('INVITE');
    await call.respond(reinvite, '183 Session Progress', { contact: moved, headers });
    await pause(20);
    await call.respond(reinvite, '488 Not Acceptable Here', { contact: phone.uri });
    await modified;
    expect(await target()).toBe(`sip:${where}@${phone.hostPort}`);
  });
});
