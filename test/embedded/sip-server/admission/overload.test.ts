import { afterEach, describe, expect, it } from 'vitest';
import { CallAdmission } from '../../../../src/embedded/sip-server/admission/call-admission.js';
import {
  defaultOverload,
  type OverloadOptions,
} from '../../../../src/embedded/sip-server/admission/overload-control.js';
import { startSipServer } from '../../../../src/embedded/sip-server/server.js';
import { Tally } from '../../../../src/embedded/sip-server/admission/tally.js';
import type { SipRequest } from '../../../../src/embedded/sip-server/message/sip-message.js';
import { onRealServer, TestEngine } from '../engine.js';
import { FakeTiming } from '../fake-timing.js';
import { RawApp } from '../raw-app.js';
import { RawCall, RawUa, sdp } from '../raw-ua.js';

let invites = 0;
const invite = (uri = 'sip:+12025551000@192.0.2.1'): SipRequest => {
  invites += 1;
  const headers = [{ name: 'Via', value: `SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK${invites}` }];
  return { kind: 'request', method: 'INVITE', uri, headers, body: Buffer.alloc(0) };
};

/** An admission whose application is late by `delay.ms`. */
function admissionWith(options: Partial<OverloadOptions> = {}) {
  const delay = { ms: 0 };
  const full = { unanswered: 0, dialogs: 0 };
  const timing = new FakeTiming();
  const tally = new Tally();
  const admission = new CallAdmission({
    options: { ...defaultOverload, ...options },
    emergencyNumbers: ['112'],
    most: { unanswered: 1_000, dialogs: 1_000 },
    now: () => full,
    timing,
    tally,
    load: { sample: () => 0, restart: () => undefined },
    queueDelayMs: () => delay.ms,
  });
  return { admission, delay, full, timing, tally };
}

describe('admission of calls', () => {
  it('refuses new calls while messages wait too long, and lets emergency calls in', () => {
    const { admission, delay, timing, tally } = admissionWith();
    expect(admission.turnsAway(invite())).toBe(false);
    delay.ms = 2_000;
    timing.advance(200);
    const calls = Array.from({ length: 30 }, () => invite());
    const refused = calls.find((call) => admission.turnsAway(call))!;
    expect(admission.turnsAway(invite('sip:112@192.0.2.1'))).toBe(false);
    expect(admission.turnsAway(invite('urn:service:sos'))).toBe(false);
    expect(tally.refused).toEqual({ overload: 1, full: 0 });
    delay.ms = 0;
    timing.advance(5_000);
    expect(admission.turnsAway(invite())).toBe(false);
    expect(admission.turnsAway(refused), 'the one that was refused comes again').toBe(true);
    expect(tally.refused.overload).toBe(1);
  });

  it('refuses short numbers that are no emergency numbers like all others', () => {
    const { admission, delay, timing } = admissionWith();
    admission.turnsAway(invite());
    delay.ms = 2_000;
    timing.advance(200);
    const calls = Array.from({ length: 30 }, () =>
      admission.turnsAway(invite('sip:1001@192.0.2.1')),
    );
    expect(calls).toContain(true);
  });

  it('without control lets everything in, however late', () => {
    const { admission, delay, timing } = admissionWith({ control: 'off' });
    admission.turnsAway(invite());
    delay.ms = 2_000;
    timing.advance(200);
    expect(admission.turnsAway(invite())).toBe(false);
  });

  it.each(['unanswered', 'dialogs'] as const)('keeps a tenth above %s for emergencies', (what) => {
    const { admission, full } = admissionWith();
    const admitted = () =>
      [invite(), invite('sip:112@192.0.2.1')].map((call) => !admission.turnsAway(call));
    full[what] = 999;
    expect(admitted()).toEqual([true, true]);
    full[what] = 1_000;
    expect(admitted()).toEqual([false, true]);
    full[what] = 1_099;
    expect(admitted()).toEqual([false, true]);
    full[what] = 1_100;
    expect(admitted()).toEqual([false, false]);
  });

  it('one pause is no overload', () => {
    const { admission, delay, timing } = admissionWith();
    admission.turnsAway(invite());
    delay.ms = 400;
    timing.advance(50);
    delay.ms = 0;
    timing.advance(50);
    for (let i = 0; i < 100; i += 1) expect(admission.turnsAway(invite())).toBe(false);
  });

  it('measures nothing when nothing comes', () => {
    const { admission, timing } = admissionWith();
    admission.turnsAway(invite());
    expect(timing.pending).toBe(1);
    timing.advance(3_000);
    expect(timing.pending).toBe(0);
  });
});

describe.skipIf(onRealServer)('an engine that is full', () => {
  let engine: TestEngine;
  let phone: RawUa;

  afterEach(async () => {
    await phone.close();
    await engine.stop();
  });

  async function withAnApplicationThatNeverAnswers(unanswered: number): Promise<void> {
    engine = await TestEngine.start({
      limits: { unanswered },
      more: { overload: { retryAfterSeconds: 7 }, emergencyNumbers: ['911'] },
    });
    phone = await RawUa.open();
    await engine.app({ invite: () => undefined });
  }

  it('answers 503 with Retry-After, the very same to the same INVITE, and keeps nothing', async () => {
    await withAnApplicationThatNeverAnswers(2);
    for (let i = 0; i < 2; i += 1) {
      await RawCall.to(phone, engine.sipPort).request('INVITE', { body: sdp });
      await phone.expect(100);
    }
    const third = RawCall.to(phone, engine.sipPort);
    await third.request('INVITE', { body: sdp });
    const refusal = await phone.expect(503);
    expect(refusal.header('retry-after')).toBe('7');
    await third.request('INVITE', { body: sdp, branch: third.branch, cseq: third.cseq });
    expect((await phone.expect(503)).text).toBe(refusal.text);
    third.learn(refusal);
    await third.request('ACK', { branch: third.branch });
    expect(phone.count(100)).toBe(2);
  });

  it('still takes an emergency call, CANCEL and what is in a dialog, and answers OPTIONS', async () => {
    await withAnApplicationThatNeverAnswers(1);
    const waiting = RawCall.to(phone, engine.sipPort);
    await waiting.request('INVITE', { body: sdp });
    await phone.expect(100);
    await RawCall.to(phone, engine.sipPort, '911').request('INVITE', { body: sdp });
    await phone.expect(100);
    await RawCall.to(phone, engine.sipPort).request('OPTIONS');
    await phone.expect(200);
    await RawCall.to(phone, engine.sipPort).request('BYE');
    await phone.expect(481);
    await waiting.request('CANCEL', { branch: waiting.branch, cseq: waiting.cseq });
    await phone.expect(487);
  });
});

describe('a full engine that is asked with OPTIONS', () => {
  it('answers by itself, and counts no refusal', async () => {
    const server = await startSipServer({
      listeners: [{ protocol: 'udp', address: '127.0.0.1', port: 0 }],
      secret: 'cymru',
      adminHost: '127.0.0.1',
      adminPort: 0,
      limits: { unanswered: 0 },
    });
    const app = await RawApp.open(server.adminPort, 'cymru');
    await app.ask('route|options');
    const phone = await RawUa.open();
    await RawCall.to(phone, Number(server.contacts[0]?.split(':').pop())).request('OPTIONS');
    await phone.expect(200);
    expect(server.vitals().refused).toEqual({ overload: 0, full: 0 });
    app.close();
    await phone.close();
    await server.close();
  });
});
