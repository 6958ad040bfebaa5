import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verdict } from '../../src/domain/calls/verdict.js';
import { seconds } from '../../src/domain/time.js';
import type { Leg, SipCall } from '../../src/flows/ports/sip.js';
import { CUSTOMER } from '../support/call-house.js';
import {
  ANSWER,
  CALLEE_DIALOG,
  dialing,
  EdgeCall,
  OFFER,
  withinDialog,
} from '../support/edge-call.js';
import { headerIn } from '../support/fake-engine.js';
import { audio, turns } from '../support/fake-sip-call.js';
import { eventually } from '../support/sip-side.js';

let edge: EdgeCall;
beforeEach(async () => {
  edge = await EdgeCall.open();
});
afterEach(() => edge.close());

describe('the callee’s leg', () => {
  it('rings, answers, is acknowledged, and its BYE is heard', async () => {
    const call = await edge.arrive();
    edge.dial(call);
    const sent = await edge.invited();
    edge.side.engine.respond(sent, '180');
    edge.side.engine.respond(sent, '200', { body: ANSWER, dialog: CALLEE_DIALOG });
    await edge.side.engine.take('ACK');
    expect(edge.notes.heard).toEqual(['progressed 180', 'answered']);
    const bye = withinDialog('BYE', 'callee');
    edge.side.engine.deliver(bye, 'txn-bye', CALLEE_DIALOG);
    await eventually(() => edge.notes.heard[2]);
    expect(edge.notes.heard[2]).toBe('callee hung up: callee-hung-up');
    await edge.forgotten(call);
  });

  it.each([
    ['486', {}, 'failed callee-busy 486'],
    ['503', {}, 'failed trunk-overloaded 503'],
    ['503', { source: '' }, 'failed trunk-unreachable without status'],
    ['408', {}, 'failed callee-unavailable 408'],
    ['408', { source: '' }, 'failed trunk-silent without status'],
    ['480', { headers: ['Reason: Q.850;cause=17;text="x"'] }, 'failed callee-busy 480'],
    ['302', {}, 'failed callee-moved 302'],
  ])('%s %j is heard as %s', async (status, more, heard) => {
    const call = await edge.arrive();
    edge.dial(call);
    edge.side.engine.respond(await edge.invited(), status, more);
    await eventually(() => edge.notes.heard[0]);
    expect(edge.notes.heard).toEqual([heard]);
    await edge.forgotten(call);
  });

  it('that the engine cannot send fails at once', async () => {
    const call = await edge.arrive();
    edge.side.engine.judge = () => 'invalid request-uri';
    edge.dial(call);
    await eventually(() => edge.notes.heard[0]);
    expect(edge.notes.heard).toEqual(['failed trunk-failed without status']);
    await edge.forgotten(call);
  });

  it('that the guard stops fails, and the call hears of the leak first', async () => {
    const call = await edge.arrive();
    edge.dial(call, { offer: OFFER.replace('s=phone', `s=${CUSTOMER}`) });
    await eventually(() => edge.notes.heard[1]);
    expect(edge.notes.heard).toEqual(['leaked', 'failed trunk-failed without status']);
    expect(edge.side.engine.sent).toEqual([]);
    await edge.forgotten(call);
  });

  it('is cancelled as soon as the engine has named its transaction', async () => {
    const call = await edge.arrive();
    const leg = edge.dial(call);
    leg.cancel(verdict('caller-cancelled'));
    leg.cancel(verdict('caller-cancelled'));
    const sent = await edge.invited();
    const cancel = await edge.side.engine.take('CANCEL');
    expect(cancel.transaction).toBe(sent.txn);
    expect(headerIn(cancel.message, 'Reason')).toBe('Q.850;cause=16');
    call.release();
    expect(edge.side.link.door.size).toBeGreaterThan(0);
    edge.side.engine.respond(sent, '487');
    await edge.forgotten();
    expect(edge.notes.heard).toEqual([]);
    expect(edge.side.engine.sent.filter((what) => what === 'CANCEL')).toHaveLength(1);
  });

  it.each([
    ['with our offer', {}],
    ['without an offer', { offer: undefined }],
  ])('that answers in spite of the CANCEL is acknowledged and hung up: %s', async (_, change) => {
    const call = await edge.arrive();
    const leg = edge.dial(call, change);
    const sent = await edge.invited();
    edge.side.engine.respond(sent, '180');
    await eventually(() => edge.notes.heard[0]);
    leg.cancel(verdict('caller-cancelled'));
    call.release();
    edge.side.engine.respond(sent, '200', { body: ANSWER, dialog: CALLEE_DIALOG });
    await edge.side.engine.take('ACK');
    const bye = await edge.side.engine.take('BYE');
    expect(edge.notes.heard).toEqual(['progressed 180']);
    edge.side.engine.respond(bye, '200');
    edge.side.clock.advance(seconds(40));
    await edge.forgotten();
  });

  it('whose 200 has no Contact is acknowledged and hung up, and fails', async () => {
    const call = await edge.arrive();
    edge.dial(call);
    const answer = { contact: '', body: ANSWER, dialog: CALLEE_DIALOG };
    edge.side.engine.respond(await edge.invited(), '200', answer);
    await edge.side.engine.take('ACK');
    await edge.side.engine.take('BYE');
    expect(edge.notes.heard).toEqual(['failed callee-answer-unusable 200']);
    await edge.forgotten(call);
  });

  it('shows its credentials when it is challenged, and can be cancelled after that', async () => {
    const call = await edge.arrive();
    const leg = edge.dial(call, { credentials: { username: 'us', password: 'secret' } });
    edge.side.engine.respond(await edge.invited(), '407', {
      headers: ['Proxy-Authenticate: Digest realm="pbx", nonce="n", qop="auth"'],
    });
    const retry = await edge.invited(2);
    expect(headerIn(retry.message, 'Proxy-Authorization')).toContain('username="us"');
    expect(headerIn(retry.message, 'Call-ID')).toBe('call-of-ours');
    await turns();
    leg.cancel(verdict('no-answer'));
    expect((await edge.side.engine.take('CANCEL')).transaction).toBe(retry.txn);
    edge.side.engine.respond(retry, '487');
    await edge.forgotten(call);
  });

  it('does not hear of the engine’s death twice, and leaves nothing behind', async () => {
    const call = await edge.arrive();
    edge.side.engine.drop();
    await eventually(() => (edge.side.lost > 0 ? true : undefined));
    edge.dial(call);
    await turns();
    expect(edge.notes.heard).toEqual(['failed trunk-failed without status']);
    await edge.forgotten(call);
  });
});

describe('a callee who is asked for an offer', () => {
  async function offered(more = {}): Promise<{ call: SipCall; leg: Leg }> {
    const call = await edge.arrive({});
    let leg: Leg | undefined;
    const listener = { ...edge.notes.dial, answered: (it: Leg) => (leg = it) };
    call.dial(dialing({ offer: undefined }), listener, edge.notes.leg('callee'));
    const sent = await edge.invited();
    expect(sent.message).not.toContain('v=0');
    const answer = { body: ANSWER, dialog: CALLEE_DIALOG, ...more };
    edge.side.engine.respond(sent, '200', answer);
    await eventually(() => leg ?? edge.notes.heard[0]);
    return { call, leg: leg! };
  }

  it('hears our answer in the ACK, and not before', async () => {
    const { call, leg } = await offered();
    await turns();
    expect(edge.side.engine.sent).toEqual(['INVITE']);
    leg.acknowledge(audio('203.0.113.99'));
    leg.acknowledge(audio('203.0.113.98'));
    const ack = await edge.side.engine.take('ACK');
    expect(ack.message).toContain('c=IN IP4 203.0.113.99');
    await turns();
    leg.hangUp(verdict('caller-hung-up'));
    const bye = await edge.side.engine.take('BYE');
    expect(edge.side.engine.sent).toEqual(['INVITE', 'ACK', 'BYE']);
    edge.side.engine.respond(bye, '200');
    await edge.forgotten(call);
  });

  it('is acknowledged and hung up when the call ends before that', async () => {
    const { call, leg } = await offered();
    leg.hangUp(verdict('caller-cancelled'));
    leg.hangUp(verdict('caller-cancelled'));
    await edge.side.engine.take('ACK');
    const bye = await edge.side.engine.take('BYE');
    call.release();
    edge.side.engine.respond(bye, '200');
    await edge.forgotten();
    await expect(leg.reinvite(undefined)).rejects.toThrow();
  });

  it('is heard when it hangs up before that', async () => {
    const { call, leg } = await offered();
    const bye = withinDialog('BYE', 'callee');
    edge.side.engine.deliver(bye, 'txn-bye', CALLEE_DIALOG);
    await edge.side.engine.take('200');
    expect(edge.notes.heard).toEqual(['callee hung up: callee-hung-up']);
    leg.acknowledge(audio('203.0.113.99'));
    edge.side.clock.advance(seconds(40));
    edge.side.engine.judge = () => 'unable to find dialog for dialog id provided';
    call.release();
    edge.side.clock.advance(seconds(40));
    expect(edge.side.link.door.size).toBe(0);
  });

  it('fails when it offers but says not where it is', async () => {
    const { call } = await offered({ contact: '' });
    expect(edge.notes.heard).toEqual(['failed callee-answer-unusable 200']);
    await edge.side.engine.take('ACK');
    await edge.side.engine.take('BYE');
    await edge.forgotten(call);
  });
});
