import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IncomingCall } from '../../src/phones/incoming-call.js';
import type { OutgoingCall } from '../../src/phones/outgoing-call.js';
import { scan, secretNumber } from '../../src/phones/scan.js';
import { Lab, PEOPLE } from '../support/lab.js';
import { RtpPeer } from '../support/rtp-peer.js';

const ALWAYS = { expired: 'ivr', closed: 'ivr', unknown: 'ivr' };
const OPERATOR = 'queue';

interface Opened {
  readonly id: string;
  readonly participants: readonly { readonly proxy_number: string; readonly pin?: string }[];
}

let lab: Lab;
let phone: RtpPeer;
let agent: RtpPeer;

async function start(ivr: object): Promise<void> {
  const tenant = { ivr: { ...ALWAYS, pin_digits: 10, first_digit_seconds: 1, ...ivr } };
  lab = await Lab.open({ tenant, carrier: { media: 'anchored' }, pbx: { media: 'anchored' } });
  phone = await RtpPeer.open();
  agent = await RtpPeer.open();
}

async function stop(): Promise<void> {
  phone.close();
  agent.close();
  await lab.close();
}

const body = (peer: RtpPeer) => ({ type: 'application/sdp', text: peer.sdp });

async function openSession(reference: string, ttl?: number): Promise<Opened & { did: string }> {
  const opened = (await lab.daemon.api.request('POST', '/v1/sessions', {
    ...{ reference, ...(ttl !== undefined && { ttl }) },
    participants: [
      { number: PEOPLE.customer, pin: true },
      { sip: `sip:${PEOPLE.agent}@${PEOPLE.aorDomain}` },
    ],
  })) as Opened;
  return { ...opened, did: opened.participants[0]!.proxy_number };
}

/** Somebody calls a DID and is answered by us; the prompts can be heard. */
async function callsBack(did: string, from: string): Promise<OutgoingCall> {
  phone.forget();
  agent.forget();
  const call = lab.customerCalls({ from: `<sip:${from}@carrier.example>`, body: body(phone) }, did);
  phone.sendTo((await call.answered()).body);
  return call;
}

async function keysIn(digits: string): Promise<void> {
  for (const digit of digits) {
    await phone.press(digit);
    await sleep(50);
  }
}

async function picksUp(): Promise<IncomingCall> {
  const callee = await lab.pbx.nextCall(15_000);
  callee.ring();
  // While it rings nobody listens, and nobody hears it later.
  await phone.press('8');
  await sleep(100);
  callee.answer({ body: body(agent) });
  await callee.acked();
  agent.sendTo(callee.invite.body);
  return callee;
}

async function hearEachOther(): Promise<void> {
  phone.speak(440);
  agent.speak(1300);
  await sleep(1200);
  expect(phone.share(1300)).toBeGreaterThan(0.5);
  expect(agent.share(440)).toBeGreaterThan(0.5);
  phone.speak(undefined);
  agent.speak(undefined);
}

async function hangsUp(call: OutgoingCall, callee: IncomingCall): Promise<void> {
  expect((await call.bye()).status).toBe(200);
  await callee.expect('BYE');
}

/** Everything that the daemon keeps on disk. */
const atRest = (): Buffer =>
  Buffer.concat(
    readdirSync(lab.daemon.directory)
      .filter((name) => name.startsWith('callveil.db'))
      .map((name) => readFileSync(join(lab.daemon.directory, name))),
  );

const reasonsOfNewest = async (): Promise<unknown[]> => {
  await sleep(300);
  const [newest] = await lab.daemon.api.calls();
  return newest!.legs.map(({ leg, reason }) => `${leg} ${String(reason)}`).sort();
};

describe('a late callback', () => {
  beforeAll(() => start({ reopen: 'expired' }));
  afterAll(stop);

  it('of a session that has expired is led to its party again', async () => {
    const { id, did } = await openSession('ORD-1001', 1);
    await sleep(1100);
    const call = await callsBack(did, PEOPLE.customer);
    const callee = await picksUp();
    expect(phone.sounded).toBeGreaterThan(1500);
    await hearEachOther();
    await hangsUp(call, callee);
    const session = await lab.daemon.api.request('GET', `/v1/sessions/${id}`);
    expect(session).toMatchObject({ status: 'open', participants: [{ proxy_number: did }, {}] });
    expect(await reasonsOfNewest()).toEqual([
      'a caller-hung-up',
      'b caller-hung-up',
      'ivr ivr-led-on',
    ]);
  }, 30_000);

  it('from an unknown telephone finds the right party by case number and PIN, and no digit goes further', async () => {
    const stranger = '+14155550733';
    const { did, participants } = await openSession('ORD-20417');
    const pin = participants[0]!.pin!;
    expect(pin).toMatch(/^\d{10}$/);
    const before = lab.daemon.lines.length;
    const call = await callsBack(did, stranger);
    // A case that does not exist, and the right PIN: refused. More than is asked for: swallowed.
    await keysIn(`88664422#${pin}#`);
    await keysIn(`20417#${pin}#77`);
    const callee = await picksUp();
    await hearEachOther();
    await phone.press('5');
    await sleep(400);
    expect(agent.digits).toBe('5');
    await hangsUp(call, callee);
    expect(await reasonsOfNewest()).toEqual([
      'a caller-hung-up',
      'b caller-hung-up',
      'ivr ivr-led-on',
    ]);
    const written = [
      ...lab.daemon.lines.slice(before),
      JSON.stringify(await lab.daemon.api.calls()),
    ];
    for (const canary of [pin, '88664422', '20417']) {
      expect(written.join('\n')).not.toContain(canary);
      expect(lab.pbx.trace.receivedBytes(0).toString('latin1')).not.toContain(canary);
    }
    for (const canary of [pin, '88664422']) expect(atRest().includes(canary)).toBe(false);
    expect(scan(lab.pbx.trace.receivedBytes(0), [secretNumber('stranger', stranger)])).toEqual([]);
    expect(lab.leaks()).toEqual([]);
  }, 60_000);

  it('with three wrong PINs is locked, and the right one is refused then', async () => {
    const stranger = '+14155550744';
    const { did, participants } = await openSession('ORD-30417');
    const first = await callsBack(did, stranger);
    for (let n = 0; n < 3; n += 1) await keysIn('30417#0#');
    await first.expect('BYE', 15_000);
    expect(await reasonsOfNewest()).toEqual(['a ivr-gave-up', 'ivr ivr-gave-up']);
    const second = await callsBack(did, stranger);
    await keysIn(`30417#${participants[0]!.pin!}#`);
    await second.expect('BYE', 15_000);
    expect(await reasonsOfNewest()).toEqual(['a ivr-locked', 'ivr ivr-locked']);
    expect(await lab.daemon.metric('callveil_ivr_outcomes_total')).toBeGreaterThan(2);
  }, 60_000);

  it('may be given up at any moment', async () => {
    const { did } = await openSession('ORD-40417');
    const call = await callsBack(did, '+14155550755');
    await keysIn('404');
    expect((await call.bye()).status).toBe(200);
    expect(await reasonsOfNewest()).toEqual(['a caller-hung-up', 'ivr caller-hung-up']);
  }, 30_000);
});

describe('a late callback that proves nothing', () => {
  beforeAll(() => start({ operator: `sip:${OPERATOR}@${PEOPLE.aorDomain}`, tries: 1 }));
  afterAll(stop);

  it('is put through to the operator, who sees the dialed DID', async () => {
    const stranger = '+14155550766';
    const { did } = await openSession('ORD-50417');
    const call = await callsBack(did, stranger);
    const callee = await picksUp();
    expect(callee.invite.uri).toContain(`sip:${OPERATOR}@`);
    expect(callee.invite.get('from')).toContain(did);
    await hearEachOther();
    await hangsUp(call, callee);
    expect(scan(lab.pbx.trace.receivedBytes(0), [secretNumber('stranger', stranger)])).toEqual([]);
  }, 40_000);
});
