import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  emitted,
  onRealServer,
  pause,
  TestEngine,
  type AppDialog,
  type AppRequest,
  type AppResponse,
} from '../engine.js';
import { RawCall, RawUa, sdp, tagIn } from '../raw-ua.js';

describe('an application that is called', () => {
  let engine: TestEngine;
  let phone: RawUa;

  beforeEach(async () => {
    engine = await TestEngine.start();
    phone = await RawUa.open();
  });

  afterEach(async () => {
    await phone.close();
    await engine.stop();
  });

  /** An application that answers every INVITE, and the dialogs it got. */
  async function answering(options: object = { localSdp: sdp }): Promise<AppDialog[]> {
    const dialogs: AppDialog[] = [];
    const app = await engine.app({
      invite: async (request, response) => {
        dialogs.push(await app.createUAS(request, response, options));
      },
    });
    return dialogs;
  }

  async function first(dialogs: AppDialog[]): Promise<AppDialog> {
    for (let tries = 0; tries < 100 && dialogs.length === 0; tries += 1) await pause(10);
    return dialogs[0]!;
  }

  it('answers a call that the caller ends', async () => {
    const dialogs = await answering();
    const call = RawCall.to(phone, engine.sipPort);
    const ok = await call.establish();
    const dialog = await first(dialogs);
    expect(dialog.id).toBe(`${call.callId};from-tag=${tagIn(call.local)}`);
    expect(dialog.sip.localTag).toBe(tagIn(ok.header('to')));
    expect(ok.body).toBe(sdp);
    const ended = emitted(dialog, 'destroy');
    await pause(30);
    await call.request('BYE');
    expect((await phone.expect(200)).header('cseq')).toMatch(/BYE$/);
    await ended;
  });

  it('answers a call that it ends itself', async () => {
    const dialogs = await answering();
    const call = RawCall.to(phone, engine.sipPort);
    await call.establish();
    const ended = (await first(dialogs)).destroy();
    const bye = await phone.expect('BYE');
    expect(bye.startLine).toBe(`BYE ${phone.uri} SIP/2.0`);
    expect(bye.header('from')).toBe(call.remote);
    expect(bye.header('to')).toBe(call.local);
    await call.respond(bye, '200 OK');
    await ended;
  });

  it('is not asked before the caller has heard 100', async () => {
    await engine.app({ invite: () => undefined });
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    const trying = await phone.expect(100);
    expect(tagIn(trying.header('to'))).toBe('');
  });

  it('sees one INVITE however often it is sent', async () => {
    let seen = 0;
    await engine.app({
      invite: (_, response) => {
        seen += 1;
        response.send(486);
      },
    });
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    await call.request('INVITE', { body: sdp, branch: call.branch, cseq: call.cseq });
    call.remote = (await phone.expect(486)).header('to');
    await call.request('ACK', { branch: call.branch });
    await pause(50);
    expect(seen).toBe(1);
  });

  it('learns of a CANCEL before it has answered anything', async () => {
    const cancelled: AppRequest[] = [];
    await engine.app({
      invite: (request) => {
        request.on('cancel', (cancel: AppRequest) => cancelled.push(cancel));
      },
    });
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    await phone.expect(100);
    await pause(30);
    await call.request('CANCEL', { branch: call.branch, headers: ['Reason: SIP ;cause=200'] });
    expect((await phone.expect(200)).header('cseq')).toMatch(/CANCEL$/);
    const terminated = await phone.expect(487);
    call.remote = terminated.header('to');
    await call.request('ACK', { branch: call.branch });
    await pause(50);
    expect(cancelled.map((cancel) => cancel.get('Reason'))).toEqual(['SIP ;cause=200']);
  });

  it('learns of a CANCEL while it rings, and its own late answer is refused', async () => {
    const told = new Promise<unknown>((resolve) => {
      void engine.app({
        invite: (request, response) => {
          request.on('cancel', () => response.send(487, {}, (error) => resolve(error)));
          response.send(180);
        },
      });
    });
    await pause(80);
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    const ringing = await phone.expect(180);
    await call.request('CANCEL', { branch: call.branch });
    const terminated = await phone.expect(487);
    expect(terminated.header('to')).toBe(ringing.header('to'));
    call.remote = terminated.header('to');
    await call.request('ACK', { branch: call.branch });
    expect(await told).toBe('Response not sent due to unknown transaction');
    await pause(700);
    expect(phone.count(487)).toBe(1);
  });

  it('takes the answer of a delayed offer from the ACK', async () => {
    const dialogs = await answering();
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE');
    const ok = await phone.expect(200);
    call.learn(ok);
    const dialog = await first(dialogs);
    const acknowledged = emitted(dialog, 'ack');
    await call.ack(sdp.replace('6000', '7000'));
    await acknowledged;
    expect(dialog.remote.sdp).toContain('7000');
  });

  it('is asked about re-INVITE, INFO and UPDATE of the caller', async () => {
    const dialogs = await answering();
    const call = RawCall.to(phone, engine.sipPort);
    await call.establish();
    const dialog = await first(dialogs);
    const answer = (body?: string) => (_: AppRequest, response: AppResponse) => {
      response.send(200, body === undefined ? {} : { body });
    };
    dialog.on('modify', answer(sdp.replace('6000', '6100')));
    dialog.on('info', answer());
    dialog.on('update', answer(sdp.replace('6000', '6200')));
    await pause(30);
    await call.request('INVITE', { body: sdp.replace('6000', '6002') });
    const reinvited = await phone.expect(200);
    expect(reinvited.body).toContain('6100');
    expect(reinvited.header('contact')).not.toBe('');
    await call.ack();
    await call.request('INFO');
    expect((await phone.expect(200)).header('cseq')).toMatch(/INFO$/);
    await call.request('UPDATE', { body: sdp });
    expect((await phone.expect(200)).body).toContain('6200');
  });

  it('re-INVITEs the caller, who may refuse', async () => {
    const dialogs = await answering();
    const call = RawCall.to(phone, engine.sipPort);
    await call.establish();
    const dialog = await first(dialogs);
    const modified = dialog.modify(sdp.replace('6000', '6300'));
    const invite = await phone.expect('INVITE');
    expect(invite.body).toContain('6300');
    await call.respond(invite, '200 OK', { body: sdp.replace('6000', '6004') });
    expect(await modified).toContain('6004');
    const ack = await phone.expect('ACK');
    expect(ack.header('cseq').split(' ')[0]).toBe(invite.header('cseq').split(' ')[0]);
    const refused = dialog.modify(sdp).catch((error: unknown) => error);
    const second = await phone.expect('INVITE');
    await call.respond(second, '488 Not Acceptable Here');
    await phone.expect('ACK');
    expect(await refused).toMatchObject({ status: 488 });
  });

  it('sends provisional responses reliably when the caller can take them', async () => {
    const pracked: string[] = [];
    const dialogs: AppDialog[] = [];
    const app = await engine.app({
      invite: (request, response) => {
        const finish = async (): Promise<void> => {
          dialogs.push(await app.createUAS(request, response, { localSdp: sdp }));
        };
        response.send(183, { body: sdp, headers: { Require: '100rel' } }, undefined, (prack) => {
          pracked.push(prack.get('RAck'));
          void finish();
        });
      },
    });
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp, headers: ['Supported: 100rel'] });
    const progress = await phone.expect(183);
    const rseq = progress.header('rseq');
    expect(Number(rseq)).toBeGreaterThan(0);
    await phone.expect(183);
    call.learn(progress);
    const inviteCSeq = call.cseq;
    await call.request('PRACK', { headers: [`RAck: ${rseq} ${inviteCSeq} INVITE`] });
    expect((await phone.expect(200)).header('cseq')).toMatch(/PRACK$/);
    const ok = await phone.expect(200);
    expect(ok.header('cseq')).toMatch(/INVITE$/);
    await call.request('ACK', { cseq: inviteCSeq });
    expect(pracked).toEqual([`${rseq} ${inviteCSeq} INVITE`]);
    await first(dialogs);
  });

  it('is refused a reliable provisional response to a caller who does not know them', async () => {
    const told = new Promise<unknown>((resolve) => {
      void engine.app({
        invite: (_, response) => {
          response.send(183, { headers: { Require: '100rel' } }, (error) => resolve(error));
        },
      });
    });
    await pause(80);
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp });
    expect(await told).toBe('Remote endpoint does not support 100rel');
  });

  it('answers an early UPDATE through the INVITE that is still open', async () => {
    await engine.app({
      invite: (request, response) => {
        request.on('update', (_: AppRequest, answer: AppResponse) => {
          answer.send(200, { body: sdp.replace('6000', '6400') });
        });
        response.send(183, { headers: { Require: '100rel' }, body: sdp });
      },
    });
    const call = RawCall.to(phone, engine.sipPort);
    await call.request('INVITE', { body: sdp, headers: ['Supported: 100rel'] });
    const progress = await phone.expect(183);
    call.learn(progress);
    const rack = `RAck: ${progress.header('rseq')} ${call.cseq} INVITE`;
    await call.request('PRACK', { headers: [rack] });
    await phone.expect(200);
    await call.request('UPDATE', { body: sdp });
    const updated = await phone.expect(200);
    expect(updated.header('cseq')).toMatch(/UPDATE$/);
    expect(updated.body).toContain('6400');
  });

  it('hears of ACK and BYE that come in one breath', async () => {
    const ended: string[] = [];
    const app = await engine.app({
      invite: async (request, response) => {
        const dialog = await app.createUAS(request, response, { localSdp: sdp });
        dialog.on('destroy', () => ended.push(dialog.id));
      },
    });
    const phones = await Promise.all(Array.from({ length: 20 }, () => RawUa.open()));
    for (const one of phones) {
      const call = RawCall.to(one, engine.sipPort);
      await call.request('INVITE', { body: sdp });
      call.learn(await one.expect(200));
      await call.ack();
      await call.request('BYE');
    }
    for (const one of phones) {
      await one.expect(200);
      await one.close();
    }
    await pause(200);
    expect(ended).toHaveLength(onRealServer ? ended.length : phones.length);
  });
});
