import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { IncomingCall } from '../../src/phones/incoming-call.js';
import type { OutgoingCall } from '../../src/phones/outgoing-call.js';
import { Lab } from '../support/lab.js';
import { RtpPeer } from '../support/rtp-peer.js';

let lab: Lab;
let customer: RtpPeer;
let agent: RtpPeer;
let caller: OutgoingCall;
let callee: IncomingCall;
let id: string;

beforeAll(async () => {
  lab = await Lab.open({ carrier: { media: 'anchored' }, pbx: { media: 'anchored' } });
});
afterAll(() => lab.close());

/** Two parties who hear each other: the customer at 440 Hz, the agent at 1000 Hz. */
beforeEach(async () => {
  customer = await RtpPeer.open();
  agent = await RtpPeer.open();
  caller = lab.customerCalls({ body: body(customer) });
  callee = await lab.pbx.nextCall();
  callee.answer({ body: body(agent) });
  customer.sendTo((await caller.answered()).body);
  await callee.acked();
  agent.sendTo(callee.invite.body);
  customer.speak(440);
  agent.speak(1000);
  id = (await lab.daemon.api.calls())[0]!.id;
});
afterEach(() => {
  customer.close();
  agent.close();
});

const body = (of: RtpPeer): { type: string; text: string } => ({
  type: 'application/sdp',
  text: of.sdp,
});
const order = (what: string, asked?: object): Promise<unknown> =>
  lab.daemon.api.request('POST', `/v1/calls/${id}/${what}`, asked);
const heard = (of: RtpPeer, hertz: number): Promise<void> =>
  vi.waitFor(() => expect(of.share(hertz)).toBeGreaterThan(0.8), { timeout: 5000 });
const silent = (of: RtpPeer, hertz: number): Promise<void> =>
  vi.waitFor(() => expect(of.share(hertz)).toBeLessThan(0.05), { timeout: 5000 });
const hangUp = async (): Promise<void> => {
  await caller.bye();
  await callee.expect('BYE');
};

it('a party that is muted is not heard, hears on, and is heard again', async () => {
  await Promise.all([heard(agent, 440), heard(customer, 1000)]);
  await order('mute', { leg: 'a', muted: true });
  await silent(agent, 440);
  await heard(customer, 1000);
  await order('mute', { leg: 'a', muted: false });
  await heard(agent, 440);
  await order('mute', { leg: 'b', muted: true });
  await silent(customer, 1000);
  await heard(agent, 440);
  await hangUp();
}, 30_000);

it('digits reach the party that they are for, as telephone events', async () => {
  await Promise.all([heard(agent, 440), heard(customer, 1000)]);
  await order('dtmf', { leg: 'b', digits: '19#' });
  await vi.waitFor(() => expect(agent.digits).toBe('19#'), { timeout: 5000 });
  expect(customer.digits).toBe('');
  await hangUp();
}, 30_000);

it('a call that is hung up ends for both, and its records say how', async () => {
  await order('hang-up');
  await Promise.all([caller.expect('BYE'), callee.expect('BYE')]);
  await vi.waitFor(async () => {
    const [call] = await lab.daemon.api.calls();
    expect(call!.legs.map(({ reason }) => reason)).toEqual(['ended-by-api', 'ended-by-api']);
  });
  await expect(order('hang-up')).rejects.toThrow('call-over');
}, 30_000);
