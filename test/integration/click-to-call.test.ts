import { afterAll, beforeAll, expect, it } from 'vitest';
import { sdp } from '../../src/phones/sdp.js';
import { Lab, PEOPLE } from '../support/lab.js';
import { TelephoneAudio } from '../support/telephone-audio.js';

/** The connecting prompt is played in real time. */
const PROMPT_MS = 10_000;

let lab: Lab;
let customer: TelephoneAudio;
let agent: TelephoneAudio;
let participants: readonly { readonly id: string }[];

beforeAll(async () => {
  lab = await Lab.open();
  customer = await TelephoneAudio.open(PEOPLE.carrierHost, 0x1a2b3c4d, 0x9a);
  agent = await TelephoneAudio.open(PEOPLE.pbxHost, 0x5e6f7a8b, 0xa7);
  const session = await lab.daemon.api.request('GET', `/v1/sessions/${lab.session.id}`);
  ({ participants } = session as { participants: typeof participants });
});
afterAll(async () => {
  customer.close();
  agent.close();
  await lab.close();
});

const originate = async (first: 0 | 1) => {
  const path = `/v1/sessions/${lab.session.id}/calls`;
  const call = await lab.daemon.api.request('POST', path, { first: participants[first]!.id });
  return call as { readonly id: string; readonly direction: string };
};
const reasonsOf = async (id: string): Promise<unknown[]> => {
  const { legs } = (await lab.daemon.api.request('GET', `/v1/calls/${id}`)) as {
    legs: readonly { readonly reason: string | null }[];
  };
  return legs.map(({ reason }) => reason);
};

it('calls the customer, then the agent, and joins them masked', { timeout: 30_000 }, async () => {
  const { id, direction } = await originate(0);
  expect(direction).toBe('from_api');
  const first = await lab.carrier.nextCall();
  expect(first.invite.get('from')).toContain(lab.session.customerDials);
  first.ring();
  first.answer({ body: sdp({ address: PEOPLE.carrierHost, port: customer.port }) });
  await first.acked();

  const second = await lab.pbx.nextCall(PROMPT_MS);
  expect(second.invite.get('from')).toContain(lab.session.agentDials);
  second.ring();
  second.answer({ body: sdp({ address: PEOPLE.pbxHost, port: agent.port }) });
  await second.acked();

  await Promise.all([customer.talkTo(first.invite.body), agent.talkTo(second.invite.body)]);
  expect(customer.hears(agent)).toBeGreaterThan(10);
  expect(agent.hears(customer)).toBeGreaterThan(10);
  expect(lab.leaks()).toEqual([]);

  expect((await second.bye()).status).toBe(200);
  await first.expect('BYE');
  await expect.poll(() => reasonsOf(id)).toEqual(['callee-hung-up', 'callee-hung-up']);
});

it('leaves the customer in peace when the agent, called first, is busy', async () => {
  const before = lab.carrier.trace.receivedBytes().length;
  const { id } = await originate(1);
  const first = await lab.pbx.nextCall();
  first.refuse(486);
  await expect.poll(() => reasonsOf(id)).toEqual(['callee-busy']);
  expect(lab.carrier.trace.receivedBytes()).toHaveLength(before);
});

it('cancels the agent when the customer, called first, hangs up', { timeout: 30_000 }, async () => {
  const { id } = await originate(0);
  const first = await lab.carrier.nextCall();
  first.answer({ body: sdp({ address: PEOPLE.carrierHost, port: customer.port }) });
  await first.acked();
  const second = await lab.pbx.nextCall(PROMPT_MS);
  second.ring();
  expect((await first.bye()).status).toBe(200);
  await second.cancelled();
  await expect.poll(() => reasonsOf(id)).toEqual(['caller-hung-up', 'caller-hung-up']);
});
