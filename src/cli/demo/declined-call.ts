import { setTimeout as sleep } from 'node:timers/promises';
import { answered, dial, parties, told } from './calling.js';
import { likeness, samplesIn } from './hearing.js';
import { AGENT, CUSTOMER, tellingLines } from './people.js';
import type { Scene } from './scene.js';
import { words } from './voices.js';

const CUSTOMER_LISTENS_MS = 500;
export const declinedCall: Scene = {
  name: 'agent-callback',
  title: 'The agent calls back; the customer declines with a 2, and is not recorded',
  caller: 'agent',
  consent: ['announced', 'refused'],
  async play(world) {
    const { customer, agent } = world.lines;
    const { proxyNumbers } = await world.api.openSession({
      participants: parties(),
      reference: 'order-1043',
      ttl: 1800,
    });
    const call = dial(AGENT, world, proxyNumbers[1]);
    const { incoming } = await answered(world, AGENT, CUSTOMER, call);
    await sleep(CUSTOMER_LISTENS_MS);
    await customer.press('2');
    await world.api.settledConsent();
    await sleep(150);
    told('DTMF', (await call.dtmf('5')).status, 200);
    await incoming.expect('INFO');
    const from = performance.now();
    const said = words('agent-thanks').subarray(0, samplesIn(600));
    await agent.say(said);
    await sleep(120);
    const heard = likeness(said, customer.heard(from)) > 0.9;
    told('the customer hears the agent', heard, true);
    told('BYE', (await incoming.bye({ lines: tellingLines(CUSTOMER) })).status, 200);
    await call.expect('BYE');
    world.hangUp();
    return { result: 'answered, not recorded, the customer hung up' };
  },
};
