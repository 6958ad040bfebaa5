import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  emitted,
  onRealServer,
  pause,
  TestEngine,
  type App,
  type AppDialog,
  type AppRequest,
  type AppResponse,
  type ThirdParty,
} from '../engine.js';
import { RawCall, RawUa, sdp, tagIn, type RawMessage } from '../raw-ua.js';

describe('an application that calls', () => {
  let engine: TestEngine;
  let phone: RawUa;
  let app: App;

  beforeEach(async () => {
    engine = await TestEngine.start();
    phone = await RawUa.open({ user: 'bob' });
    app = await engine.app();
  });

  afterEach(async () => {
    await phone.close();
    await engine.stop();
  });

  /** Calls the phone, which answers; both ends of the call. */
  async function answered(options: object = {}): Promise<{ dialog: AppDialog; call: RawCall }> {
    const dialing = app.createUAC(phone.uri, { localSdp: sdp, ...options });
    const invite = await phone.expect('INVITE');
    const call = RawCall.from(phone, engine.sipPort, invite);
    await call.respond(invite, '200 OK', { body: sdp });
    await phone.expect('ACK');
    return { dialog: await dialing, call };
  }

  it('fills in what it left out, and puts its address for localhost', async () => {
    const dialing = app.createUAC(phone.uri, { localSdp: sdp, callingNumber: '+15550100' });
    const invite = await phone.expect('INVITE');
    const address = `127.0.0.1:${engine.sipPort}`;
    expect(invite.header('from')).toMatch(new RegExp(`^<sip:\\+15550100@${address}>;tag=.+`));
    expect(invite.header('contact')).toBe(`<sip:+15550100@${address}>`);
    expect(invite.header('to')).toBe(`<${phone.uri}>`);
    expect(invite.header('max-forwards')).toBe('70');
    expect(invite.header('content-type')).toBe('application/sdp');
    expect(invite.header('via')).toContain(';rport;branch=z9hG4bK');
    expect(invite.body).toBe(sdp);
    await RawCall.from(phone, engine.sipPort, invite).respond(invite, '486 Busy Here');
    await expect(dialing).rejects.toMatchObject({ status: 486 });
  });

  it('keeps the spelling of names and the bytes of a body beyond ASCII', async () => {
    const body = sdp.replace('s=-', 's=Grüße 📞');
    const headers = { 'x-lower': '1', 'p-early-media': 'supported', 'call-info': '<sip:a@b>' };
    const dialing = app.createUAC(phone.uri, { localSdp: body, headers });
    const invite = await phone.expect('INVITE');
    expect(Buffer.from(invite.body).equals(Buffer.from(body))).toBe(true);
    expect(invite.text).toContain('\r\nP-Early-Media: supported\r\n');
    expect(invite.text).toContain('\r\nCall-Info: <sip:a@b>\r\n');
    await RawCall.from(phone, engine.sipPort, invite).respond(invite, '404 Not Found');
    await expect(dialing).rejects.toMatchObject({ status: 404 });
  });

  it('hears every ringing, then has a dialog and ends it', async () => {
    const heard: number[] = [];
    const dialing = app.createUAC(
      phone.uri,
      { localSdp: sdp },
      { cbProvisional: (response) => heard.push(response.status) },
    );
    const invite = await phone.expect('INVITE');
    const call = RawCall.from(phone, engine.sipPort, invite);
    await call.respond(invite, '100 Trying');
    await call.respond(invite, '180 Ringing');
    await call.respond(invite, '183 Session Progress', { body: sdp });
    await call.respond(invite, '200 OK', { body: sdp });
    const dialog = await dialing;
    expect(heard).toEqual([180, 183]);
    expect(dialog.id).toBe(`${call.callId};from-tag=${tagIn(call.remote)}`);
    const ack = await phone.expect('ACK');
    expect(ack.startLine).toBe(`ACK ${phone.uri} SIP/2.0`);
    const ending = dialog.destroy();
    const bye = await phone.expect('BYE');
    expect(bye.header('to')).toBe(call.local);
    await call.respond(bye, '200 OK');
    await ending;
  });

  it('is told when the callee hangs up', async () => {
    const { dialog, call } = await answered();
    const ended = emitted(dialog, 'destroy');
    await call.request('BYE');
    expect((await phone.expect(200)).header('cseq')).toMatch(/BYE$/);
    await ended;
    await call.request('BYE');
    await phone.expect(481);
  });

  it('answers every repeated 200 with the ACK it sent', async () => {
    const dialing = app.createUAC(phone.uri, { localSdp: sdp });
    const invite = await phone.expect('INVITE');
    const call = RawCall.from(phone, engine.sipPort, invite);
    await call.respond(invite, '200 OK', { body: sdp });
    const ack = await phone.expect('ACK');
    await call.respond(invite, '200 OK', { body: sdp });
    expect((await phone.expect('ACK')).text).toBe(ack.text);
    await dialing;
  });

  it('acknowledges a refusal by itself, each time it comes', async () => {
    const dialing = app.createUAC(phone.uri, { localSdp: sdp });
    const failed = dialing.catch((error: unknown) => error);
    const invite = await phone.expect('INVITE');
    const call = RawCall.from(phone, engine.sipPort, invite);
    await call.respond(invite, '603 Decline');
    const ack = await phone.expect('ACK');
    expect(ack.header('via')).toBe(invite.header('via'));
    expect(ack.header('to')).toBe(call.local);
    await call.respond(invite, '603 Decline');
    await phone.expect('ACK');
    expect(await failed).toMatchObject({ status: 603 });
  });

  it('cancels a call that rings', async () => {
    let invited: AppRequest | undefined;
    const dialing = app.createUAC(
      phone.uri,
      { localSdp: sdp },
      { cbRequest: (_, request) => (invited = request) },
    );
    const failed = dialing.catch((error: unknown) => error);
    const invite = await phone.expect('INVITE');
    const call = RawCall.from(phone, engine.sipPort, invite);
    await call.respond(invite, '180 Ringing');
    await pause(30);
    invited?.cancel({ headers: { Reason: 'SIP ;cause=200 ;text="Call completed elsewhere"' } });
    const cancel = await phone.expect('CANCEL');
    expect(cancel.header('via')).toBe(invite.header('via'));
    expect(cancel.header('reason')).toContain('elsewhere');
    await call.respond(cancel, '200 OK');
    await call.respond(invite, '487 Request Terminated');
    await phone.expect('ACK');
    expect(await failed).toMatchObject({ status: 487 });
  });

  it('holds its CANCEL back until the callee has said anything', async () => {
    let invited: AppRequest | undefined;
    const failed = app
      .createUAC(phone.uri, { localSdp: sdp }, { cbRequest: (_, request) => (invited = request) })
      .catch((error: unknown) => error);
    const invite = await phone.expect('INVITE');
    const call = RawCall.from(phone, engine.sipPort, invite);
    await pause(30);
    invited?.cancel();
    await pause(100);
    expect(phone.count('CANCEL')).toBe(0);
    await call.respond(invite, '100 Trying');
    const cancel = await phone.expect('CANCEL');
    await call.respond(cancel, '200 OK');
    await call.respond(invite, '487 Request Terminated');
    expect(await failed).toMatchObject({ status: 487 });
  });

  it('ends a call whose answer crossed its CANCEL', async () => {
    let invited: AppRequest | undefined;
    const dialing = app.createUAC(
      phone.uri,
      { localSdp: sdp },
      { cbRequest: (_, request) => (invited = request) },
    );
    const invite = await phone.expect('INVITE');
    const call = RawCall.from(phone, engine.sipPort, invite);
    await call.respond(invite, '180 Ringing');
    await pause(30);
    invited?.cancel();
    await phone.expect('CANCEL');
    await call.respond(invite, '200 OK', { body: sdp });
    await phone.expect('ACK');
    const bye = await phone.expect('BYE');
    await call.respond(bye, '200 OK');
    const dialog = await dialing;
    if (dialog.connected) await emitted(dialog, 'destroy');
  });

  it('releases the second callee of a forked INVITE', async () => {
    const dialing = app.createUAC(phone.uri, { localSdp: sdp });
    const invite = await phone.expect('INVITE');
    const call = RawCall.from(phone, engine.sipPort, invite);
    await call.respond(invite, '200 OK', { body: sdp });
    await phone.expect('ACK');
    const dialog = await dialing;
    if (onRealServer) return;
    const fork = RawCall.from(phone, engine.sipPort, invite);
    expect(fork.local).not.toBe(call.local);
    await fork.respond(invite, '200 OK', { body: sdp });
    const ack = await phone.expect('ACK');
    expect(ack.header('to')).toBe(fork.local);
    const bye = await phone.expect('BYE');
    expect(bye.header('to')).toBe(fork.local);
    expect(dialog.connected).toBe(true);
  });

  it('offers in the ACK when the callee offered in its answer', async () => {
    const dialing = app.createUAC(phone.uri, { noAck: true }) as Promise<unknown>;
    const invite = await phone.expect('INVITE');
    expect(invite.body).toBe('');
    expect(invite.header('content-type')).toBe('');
    const call = RawCall.from(phone, engine.sipPort, invite);
    await call.respond(invite, '200 OK', { body: sdp });
    const party = (await dialing) as ThirdParty;
    expect(party.sdp).toBe(sdp);
    await pause(50);
    expect(phone.count('ACK')).toBe(0);
    const dialog = await party.ack(sdp.replace('6000', '7000'));
    const ack = await phone.expect('ACK');
    expect(ack.body).toContain('7000');
    expect(ack.header('content-type')).toBe('application/sdp');
    expect(dialog.connected).toBe(true);
  });

  it('comes back with credentials when it is challenged', async () => {
    const auth = { username: 'alice', password: 'secret' };
    const dialing = app.createUAC(phone.uri, { localSdp: sdp, auth });
    const invite = await phone.expect('INVITE');
    const challenge = 'WWW-Authenticate: Digest realm="pbx",nonce="abc",algorithm=MD5';
    const first = RawCall.from(phone, engine.sipPort, invite);
    await first.respond(invite, '401 Unauthorized', { headers: [challenge] });
    await phone.expect('ACK');
    const retry = await phone.expect('INVITE');
    expect(retry.header('call-id')).toBe(invite.header('call-id'));
    expect(retry.header('from')).toBe(invite.header('from'));
    expect(cseqNumber(retry)).toBe(cseqNumber(invite) + 1);
    const response = /response="([0-9a-f]+)"/.exec(retry.header('authorization'))?.[1];
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    expect(response).toBe(md5(`${md5('alice:pbx:secret')}:abc:${md5(`INVITE:${phone.uri}`)}`));
    const call = RawCall.from(phone, engine.sipPort, retry);
    await call.respond(retry, '200 OK', { body: sdp });
    const dialog = await dialing;
    await phone.expect('ACK');
    const ending = dialog.destroy();
    const bye = await phone.expect('BYE');
    await call.respond(bye, '401 Unauthorized', { headers: [challenge] });
    const again = await phone.expect('BYE');
    expect(again.header('authorization')).toContain('username="alice"');
    expect(cseqNumber(again)).toBe(cseqNumber(bye) + 1);
    await call.respond(again, '200 OK');
    await ending;
  });

  it('re-INVITEs, sends INFO and UPDATE, and takes the same from the callee', async () => {
    const { dialog, call } = await answered();
    const modified = dialog.modify(sdp.replace('6000', '6300'));
    const reinvite = await phone.expect('INVITE');
    expect(reinvite.header('contact')).not.toBe('');
    await call.respond(reinvite, '200 OK', { body: sdp });
    await phone.expect('ACK');
    await modified;
    for (const method of ['INFO', 'UPDATE']) {
      const answer = dialog.request({ method, body: sdp });
      await call.respond(await phone.expect(method), '200 OK');
      expect((await answer).status).toBe(200);
    }
    dialog.on('modify', (_: AppRequest, response: AppResponse) => {
      response.send(200, { body: sdp.replace('6000', '6500') });
    });
    await call.request('INVITE', { body: sdp.replace('6000', '6002') });
    expect((await phone.expect(200)).body).toContain('6500');
    await call.ack();
  });

  it('acknowledges reliable provisional responses', async () => {
    const seen: number[] = [];
    const dialing = app.createUAC(
      phone.uri,
      { localSdp: sdp, headers: { Supported: '100rel' } },
      { cbProvisional: (response) => seen.push(response.status) },
    );
    const invite = await phone.expect('INVITE');
    const call = RawCall.from(phone, engine.sipPort, invite);
    const reliable = { headers: ['Require: 100rel', 'RSeq: 7'], body: sdp };
    await call.respond(invite, '183 Session Progress', reliable);
    await call.respond(invite, '183 Session Progress', reliable);
    const prack = await phone.expect('PRACK');
    expect(prack.header('rack')).toBe(`7 ${invite.header('cseq')}`);
    expect(prack.startLine).toBe(`PRACK ${phone.uri} SIP/2.0`);
    await call.respond(prack, '200 OK');
    await call.respond(invite, '200 OK', { body: sdp });
    await dialing;
    const ack = await phone.expect('ACK');
    expect(cseqNumber(ack)).toBe(cseqNumber(invite));
    expect(seen).toEqual(onRealServer ? [183, 183] : [183]);
  });

  it('hears 503 at once when nobody listens there', async () => {
    const dead = await RawUa.open();
    const { uri } = dead;
    await dead.close();
    const started = Date.now();
    await expect(app.createUAC(uri, { localSdp: sdp })).rejects.toMatchObject({ status: 503 });
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it('hears 503 for a host name that does not exist', async () => {
    const dialing = app.createUAC('sip:bob@nowhere.invalid', { localSdp: sdp });
    await expect(dialing).rejects.toMatchObject({ status: 503 });
  });

  it('sends to the next hop it names instead of the request URI', async () => {
    const dialing = app.createUAC('sip:bob@pbx.example', {
      localSdp: sdp,
      proxy: `sip:${phone.hostPort}`,
    });
    const invite = await phone.expect('INVITE');
    expect(invite.startLine).toBe('INVITE sip:bob@pbx.example SIP/2.0');
    expect(invite.headers.has('route')).toBe(false);
    await RawCall.from(phone, engine.sipPort, invite).respond(invite, '404 Not Found');
    await expect(dialing).rejects.toMatchObject({ status: 404 });
  });

  it('is told by a known name that a dialog is gone', async () => {
    const { dialog, call } = await answered();
    const ended = emitted(dialog, 'destroy');
    await call.request('BYE');
    await ended;
    await pause(20);
    await expect(dialog.request({ method: 'INFO' })).rejects.toMatchObject({ code: 'ENODIALOG' });
  });

  it('hears 404 of a MESSAGE it sends outside a dialog', async () => {
    const request = await app.request(phone.uri, {
      method: 'MESSAGE',
      body: 'hello',
      headers: { 'Content-Type': 'text/plain' },
    });
    const answer = emitted(request, 'response');
    const message = await phone.expect('MESSAGE');
    expect(message.body).toBe('hello');
    await RawCall.from(phone, engine.sipPort, message).respond(message, '404 Not Found');
    expect((await answer)[0]).toMatchObject({ status: 404 });
  });
});

function cseqNumber(message: RawMessage): number {
  return Number(message.header('cseq').split(' ')[0]);
}
