import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallRefused, verdict } from '../../src/domain/calls/verdict.js';
import type { Leg } from '../../src/flows/ports/sip.js';
import { AGENT } from '../support/call-house.js';
import { ANSWER, EdgeCall, OFFER, withinDialog } from '../support/edge-call.js';
import { headerIn } from '../support/fake-engine.js';
import { turns } from '../support/fake-sip-call.js';
import { eventually } from '../support/sip-side.js';

let edge: EdgeCall;
beforeEach(async () => {
  edge = await EdgeCall.open();
});
afterEach(() => edge.close());

describe('the caller’s leg', () => {
  it('rings and is answered with what was presented, and hears ACK and BYE in one read', async () => {
    const call = await edge.arrive();
    call.present({ Contact: '<sip:own@localhost>', Server: 'Callveil' });
    call.ring(180, undefined);
    expect(headerIn((await edge.side.engine.take('180')).message, 'Contact')).toBe(
      '<sip:own@localhost>',
    );
    const leg = await call.answer(ANSWER, edge.notes.leg('caller'));
    const id = 'call-of-carrier@203.0.113.5;from-tag=carriertag';
    edge.side.engine.deliverTogether(
      [withinDialog('ACK', 'caller'), 'txn-caller', id],
      [withinDialog('BYE', 'caller'), 'txn-bye', id],
    );
    await eventually(() => edge.notes.heard.find((each) => each.includes('hung up')));
    expect(edge.notes.heard).toContain('caller hung up: caller-hung-up');
    leg.hangUp(verdict('caller-hung-up'));
    await turns();
    expect(edge.side.engine.sent).not.toContain('BYE');
    await edge.forgotten(call);
  });

  it('is cancelled even before anybody listens', async () => {
    const { engine } = edge.side;
    const cancel = [
      'CANCEL sip:+14155550001@192.0.2.1 SIP/2.0',
      'Call-ID: call-of-carrier@203.0.113.5',
      'CSeq: 1 CANCEL',
      '',
      '',
    ].join('\r\n');
    const known = edge.side.arrive();
    engine.deliver(cancel, 'txn-caller');
    const call = await known;
    await eventually(() => (call.cancelled.aborted ? true : undefined));
    call.listen(edge.notes.call);
    expect(edge.notes.heard).toEqual(['cancelled']);
    call.refuse(verdict('unknown-number'));
    call.ring(180, undefined);
    await turns();
    expect(engine.sent).toEqual([]);
    await edge.forgotten(call);
  });

  it('that is refused hears our words, and what the status must name', async () => {
    const call = await edge.arrive({ lines: ['Require: gruu'] });
    call.refuse(verdict('bad-extension'), { unsupported: ['gruu'] });
    const { message } = await edge.side.engine.take('420');
    expect(headerIn(message, 'Unsupported')).toBe('gruu');
    expect(headerIn(message, 'Reason')).toBe('Q.850;cause=79');
    call.refuse(verdict('internal-error'));
    await turns();
    expect(edge.side.engine.sent).toEqual(['420']);
    await edge.forgotten(call);
  });

  it('whose 200 the guard stops hears a refusal all the same', async () => {
    const call = await edge.arrive();
    call.present({ Subject: `ask ${AGENT}` });
    const failure: unknown = await call
      .answer(ANSWER, edge.notes.leg('caller'))
      .catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(CallRefused);
    expect((failure as CallRefused).verdict.reason).toBe('leak-blocked');
    expect(edge.notes.heard).toEqual(['leaked']);
    call.refuse(verdict('leak-blocked'));
    const { message } = await edge.side.engine.take('500');
    expect(message).not.toContain('7731');
    expect(edge.side.engine.sent).toEqual(['500']);
    await edge.forgotten(call);
  });

  it('that was cancelled while our 200 was on its way is a call that was cancelled', async () => {
    const call = await edge.arrive();
    edge.side.engine.judge = () => 'Response not sent due to unknown transaction';
    const failure = await call.answer(ANSWER, edge.notes.leg('caller')).catch((e: unknown) => e);
    expect((failure as CallRefused).verdict.reason).toBe('caller-cancelled');
    call.refuse(verdict('caller-cancelled'));
    await turns();
    expect(edge.side.engine.sent).toEqual(['200']);
    await edge.forgotten(call);
  });

  it('whose 200 the engine cannot send is our own failure', async () => {
    const call = await edge.arrive();
    edge.side.engine.judge = ({ what }) =>
      what === '200' ? 'transport has been closed' : undefined;
    const failure = await call.answer(ANSWER, edge.notes.leg('caller')).catch((e: unknown) => e);
    expect((failure as CallRefused).verdict.reason).toBe('internal-error');
    await edge.forgotten(call);
  });

  it('whose 200 gets out after the call has ended is known until it has been hung up', async () => {
    const call = await edge.arrive();
    let answered: Leg | undefined;
    void call.answer(ANSWER, edge.notes.leg('caller')).then((leg) => (answered = leg));
    call.release();
    expect(edge.side.link.door.size).toBeGreaterThan(0);
    (await eventually(() => answered)).hangUp(verdict('sip-engine-lost'));
    const bye = await edge.side.engine.take('BYE');
    edge.side.engine.respond(bye, '200');
    await edge.forgotten();
  });

  it('agrees to a session timer that the caller asks for', async () => {
    const lines = ['Session-Expires: 1800', 'Supported: timer'];
    const call = await edge.arrive({ body: OFFER, lines });
    await call.answer(ANSWER, edge.notes.leg('caller'));
    const { message } = await edge.side.engine.take('200');
    expect(headerIn(message, 'Session-Expires')).toBe('1800;refresher=uac');
    expect(headerIn(message, 'Require')).toBe('timer');
  });

  it('has an early UPDATE answered by us alone', async () => {
    const call = await edge.arrive();
    const update = (body: string): string =>
      [
        'UPDATE sip:own@192.0.2.1 SIP/2.0',
        'Call-ID: call-of-carrier@203.0.113.5',
        'CSeq: 2 UPDATE',
        'From: <sip:+14155550142@carrier.example>;tag=carriertag',
        'To: <sip:+14155550001@192.0.2.1>;tag=ours',
        `Content-Length: ${body.length}`,
        '',
        body,
      ].join('\r\n');
    edge.side.engine.deliver(update(''), 'txn-caller', 'x;from-tag=carriertag');
    await edge.side.engine.take('200');
    edge.side.engine.deliver(update(OFFER), 'txn-caller', 'x;from-tag=carriertag');
    await edge.side.engine.take('500');
    await edge.forgotten(call);
  });
});
