import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verdict } from '../../src/domain/calls/verdict.js';
import { RenegotiationFailed, type Leg, type Reply } from '../../src/flows/ports/sip.js';
import { AGENT } from '../support/call-house.js';
import {
  ANSWER,
  CALLEE_DIALOG,
  CALLER_DIALOG,
  dialing,
  EdgeCall,
  OFFER,
  withinDialog,
  written,
} from '../support/edge-call.js';
import { headerIn } from '../support/fake-engine.js';
import { turns } from '../support/fake-sip-call.js';
import { eventually } from '../support/sip-side.js';

let edge: EdgeCall;
let callee: Leg;
let caller: Leg;
/** What the caller’s leg asked last, for the test to answer. */
let asked: { offer: string | undefined; reply: Reply } | undefined;

beforeEach(async () => {
  edge = await EdgeCall.open();
  asked = undefined;
  const call = await edge.arrive();
  let answered: Leg | undefined;
  const dialed = { ...edge.notes.dial, answered: (leg: Leg) => (answered = leg) };
  call.dial(dialing(), dialed, edge.notes.leg('callee'));
  const headers = ['Allow: INVITE, update, BYE'];
  edge.side.engine.respond(await edge.invited(), '200', {
    body: ANSWER,
    dialog: CALLEE_DIALOG,
    headers,
  });
  callee = await eventually(() => answered);
  const take = (offer: string | undefined, reply: Reply): void => void (asked = { offer, reply });
  const hears = edge.notes.leg('caller');
  caller = await call.answer(written(ANSWER), {
    ...hears,
    reinvited: take,
    updated: take,
    dtmf: (digit, reply) => {
      hears.dtmf(digit, reply);
      void reply.accept();
    },
  });
  await edge.side.engine.take('200');
});
afterEach(() => edge.close());

const ofCaller = (method: string, body = '', more: readonly string[] = []): void =>
  edge.side.engine.deliver(
    withinDialog(method, 'caller', body, more),
    `txn-${method}`,
    CALLER_DIALOG,
  );

describe('what a peer may do in its dialog', () => {
  it.each([
    ['OPTIONS', '200'],
    ['REFER', '403'],
    ['MESSAGE', '405'],
    ['PUBLISH', '405'],
    ['SUBSCRIBE', '405'],
    ['NOTIFY', '481'],
  ])('%s is answered %s and crosses in no form', async (method, status) => {
    const before = edge.side.engine.sent.length;
    ofCaller(method, '', [`Refer-To: <sip:${AGENT}>`]);
    await edge.side.engine.take(status, status === '200' ? 2 : 1);
    expect(edge.side.engine.sent.slice(before)).toEqual([status]);
    expect(edge.notes.heard).toEqual([]);
  });

  it('a digit in an INFO is heard, any other INFO is refused', async () => {
    ofCaller('INFO', 'Signal=5\r\nDuration=160\r\n', ['Content-Type: application/dtmf-relay']);
    await edge.side.engine.take('200', 2);
    expect(edge.notes.heard).toEqual(['caller dialed 5']);
    ofCaller('INFO', 'call me on 12345', ['Content-Type: text/plain']);
    await edge.side.engine.take('415');
    expect(edge.notes.heard).toHaveLength(1);
  });

  it.each(['INVITE', 'UPDATE'])('%s with an offer is answered with ours', async (method) => {
    ofCaller(method, OFFER, ['Content-Type: application/sdp']);
    const { offer, reply } = await eventually(() => asked);
    expect(offer).toBe(OFFER);
    void reply.accept(written(ANSWER));
    const { message } = await edge.side.engine.take('200', 2);
    expect(message).toContain('c=IN IP4 198.51.100.77');
    expect(headerIn(message, 'Contact')).toContain('callveil');
  });

  it('a re-INVITE without an offer asks for one, and its ACK is heard', async () => {
    ofCaller('INVITE');
    const { offer, reply } = await eventually(() => asked);
    expect(offer).toBeUndefined();
    reply.refuse(491);
    await edge.side.engine.take('491');
    ofCaller('ACK', OFFER);
    await eventually(() => edge.notes.heard[0]);
    expect(edge.notes.heard).toEqual(['caller acknowledged']);
  });

  it('a 200 that its CANCEL has overtaken did not reach the peer', async () => {
    ofCaller('INVITE', OFFER, ['Content-Type: application/sdp']);
    const { reply } = await eventually(() => asked);
    edge.side.engine.judge = () => 'Response not sent due to unknown transaction';
    expect(await reply.accept(written(ANSWER))).toBe(false);
  });

  it('a re-INVITE that it cancels is answered no more: the engine did', async () => {
    ofCaller('INVITE', OFFER, ['Content-Type: application/sdp']);
    const { reply } = await eventually(() => asked);
    ofCaller('CANCEL');
    await eventually(() => (reply.cancelled.aborted ? true : undefined));
    const before = edge.side.engine.sent.length;
    reply.refuse(488);
    expect(await reply.accept(written(ANSWER))).toBe(false);
    await turns();
    expect(edge.side.engine.sent).toHaveLength(before);
  });

  it.each([
    ['SIP ;cause=200 ;text="ACK timeout"', 'ack-timeout'],
    ['SIP ;cause=200 ;text="Session timer expired"', 'session-timer-expired'],
    ['SIP ;cause=200 ;text="whatever"', 'caller-hung-up'],
  ])('is over when the engine says so: %s', async (reason, ending) => {
    edge.side.engine.tell(withinDialog('BYE', 'caller', '', [`Reason: ${reason}`]), CALLER_DIALOG);
    await eventually(() => edge.notes.heard[0]);
    expect(edge.notes.heard).toEqual([`caller hung up: ${ending}`]);
  });
});

describe('what we ask a peer in its dialog', () => {
  const failure = (asking: Promise<unknown>): Promise<unknown> => asking.catch((e: unknown) => e);

  it('a new offer is answered, and we acknowledge it', async () => {
    const answered = callee.reinvite(written(OFFER));
    const sent = await edge.side.engine.take('INVITE', 2);
    expect(sent.dialog).toBe(CALLEE_DIALOG);
    edge.side.engine.respond(sent, '100');
    edge.side.engine.respond(sent, '200', { body: ANSWER, dialog: CALLEE_DIALOG });
    expect(await answered).toEqual({ sdp: ANSWER, acknowledge: undefined });
    await edge.side.engine.take('ACK', 2);
  });

  it('an offer of its own is acknowledged with our answer', async () => {
    const answered = callee.reinvite(undefined);
    edge.side.engine.respond(await edge.side.engine.take('INVITE', 2), '200', {
      body: ANSWER,
      dialog: CALLEE_DIALOG,
    });
    const { sdp, acknowledge } = await answered;
    expect(sdp).toBe(ANSWER);
    await turns();
    expect(edge.side.engine.sent.filter((what) => what === 'ACK')).toHaveLength(1);
    acknowledge!(written(OFFER));
    expect((await edge.side.engine.take('ACK', 2)).message).toContain('c=IN IP4 203.0.113.99');
  });

  it.each(['488', '491', '481'])('its refusal %s is told as it is', async (status) => {
    const refused = failure(callee.reinvite(written(OFFER)));
    edge.side.engine.respond(await edge.side.engine.take('INVITE', 2), status);
    expect(await refused).toEqual(new RenegotiationFailed(Number(status)));
  });

  it.each([
    ['unable to find dialog for dialog id provided', 481],
    ['Server error: out of memory', 500],
  ])('“%s” of the engine is as good as %i', async (nok, status) => {
    edge.side.engine.judge = () => nok;
    expect(await failure(callee.reinvite(written(OFFER)))).toEqual(new RenegotiationFailed(status));
    expect(await failure(callee.update(written(OFFER)))).toEqual(new RenegotiationFailed(status));
  });

  it('is cancelled when it is given up, in the transaction of its re-INVITE', async () => {
    const givenUp = new AbortController();
    const refused = failure(callee.reinvite(written(OFFER), givenUp.signal));
    const sent = await edge.side.engine.take('INVITE', 2);
    await turns();
    givenUp.abort();
    expect((await edge.side.engine.take('CANCEL')).transaction).toBe(sent.txn);
    edge.side.engine.respond(sent, '487', { dialog: CALLEE_DIALOG });
    expect(await refused).toEqual(new RenegotiationFailed(487));
    const late = failure(callee.reinvite(written(OFFER), givenUp.signal));
    expect(await late).toEqual(new RenegotiationFailed(487));
    expect(edge.side.engine.sent.filter((what) => what === 'INVITE')).toHaveLength(2);
  });

  it('an answer that brings no SDP is acknowledged and is no answer', async () => {
    const refused = failure(callee.reinvite(undefined));
    edge.side.engine.respond(await edge.side.engine.take('INVITE', 2), '200', {
      dialog: CALLEE_DIALOG,
    });
    expect(await refused).toEqual(new RenegotiationFailed(488));
    await edge.side.engine.take('ACK', 2);
  });

  it('UPDATE goes to whoever allows it', async () => {
    expect([callee.allowsUpdate, caller.allowsUpdate]).toEqual([true, false]);
    const answered = callee.update(written(OFFER));
    edge.side.engine.respond(await edge.side.engine.take('UPDATE'), '200', { body: ANSWER });
    expect(await answered).toBe(ANSWER);
  });

  it('its UPDATE is heard while a re-INVITE of ours is open', async () => {
    ofCaller('ACK');
    const answered = caller.reinvite(written(ANSWER));
    const sent = await edge.side.engine.take('INVITE', 2);
    await turns();
    ofCaller('UPDATE');
    const { offer, reply } = await eventually(() => asked);
    expect(offer).toBeUndefined();
    expect(await reply.accept()).toBe(true);
    edge.side.engine.respond(sent, '200', { body: OFFER, dialog: CALLER_DIALOG });
    await answered;
  });

  it('a digit goes as an INFO of our own making', async () => {
    const sent = callee.sendDtmf({ digit: '#', durationMs: 200 });
    const info = await edge.side.engine.take('INFO');
    expect(info.message).toContain('Signal=#\r\nDuration=200');
    edge.side.engine.respond(info, '200');
    await sent;
  });

  it('the caller is asked nothing before its ACK has come', async () => {
    void caller.reinvite(written(ANSWER)).catch(() => undefined);
    await turns();
    expect(edge.side.engine.sent.filter((what) => what === 'INVITE')).toHaveLength(1);
    ofCaller('ACK');
    await edge.side.engine.take('INVITE', 2);
  });

  it('a BYE says why in Q.850, and a leg that is gone gets none', async () => {
    callee.hangUp(verdict('caller-hung-up'));
    const bye = await edge.side.engine.take('BYE');
    expect(headerIn(bye.message, 'Reason')).toBe('Q.850;cause=16');
    edge.side.engine.respond(bye, '200');
    await turns();
    callee.hangUp(verdict('caller-hung-up'));
    ofCaller('BYE');
    await edge.side.engine.take('200', 2);
    caller.hangUp(verdict('caller-hung-up'));
    await turns();
    expect(edge.side.engine.sent.filter((what) => what === 'BYE')).toHaveLength(1);
  });

  it('names of the other party never leave, and the call hears of it', async () => {
    const refused = failure(callee.reinvite(OFFER.replace('s=phone', 's=+14155550142')));
    expect(await refused).toEqual(new RenegotiationFailed(500));
    expect(edge.notes.heard).toEqual(['leaked']);
    expect(edge.side.engine.frames.some(({ message }) => /s=\+1415/.test(message))).toBe(false);
  });
});
