import { afterAll, beforeAll, expect, it } from 'vitest';
import { sdp } from '../../src/phones/sdp.js';
import { Lab, PEOPLE } from '../support/lab.js';
import { TelephoneAudio } from '../support/telephone-audio.js';

let lab: Lab;
let customer: TelephoneAudio;
let agent: TelephoneAudio;

beforeAll(async () => {
  lab = await Lab.open({ carrier: { media: 'anchored' }, pbx: { media: 'anchored' } });
  customer = await TelephoneAudio.open(PEOPLE.carrierHost, 0x1a2b3c4d, 0x9a);
  agent = await TelephoneAudio.open(PEOPLE.pbxHost, 0x5e6f7a8b, 0xa7);
});
afterAll(async () => {
  customer.close();
  agent.close();
  await lab.close();
});

it('both parties of an anchored call hear each other, and neither learns where the other is', async () => {
  const call = lab.customerCalls({
    body: sdp({ address: PEOPLE.carrierHost, port: customer.port }),
  });
  const callee = await lab.pbx.nextCall();
  callee.ring();
  callee.answer({ body: sdp({ address: PEOPLE.pbxHost, port: agent.port }) });
  const answer = await call.answered();
  await callee.acked();

  const [toCustomer, toAgent] = [answer.body, callee.invite.body];
  await Promise.all([customer.talkTo(toCustomer), agent.talkTo(toAgent)]);
  expect(customer.hears(agent)).toBeGreaterThan(10);
  expect(agent.hears(customer)).toBeGreaterThan(10);

  expect(customer.recognises(agent)).toBe(false);
  expect(agent.recognises(customer)).toBe(false);
  expect(toCustomer).not.toContain(String(agent.port));
  expect(toAgent).not.toContain(String(customer.port));
  expect(lab.leaks()).toEqual([]);

  expect((await call.bye()).status).toBe(200);
  await callee.expect('BYE');
}, 20_000);
