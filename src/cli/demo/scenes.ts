import { setTimeout as sleep } from 'node:timers/promises';
import type { Phone } from '../../phones/phone.js';
import type { OutgoingCall } from '../../phones/outgoing-call.js';
import { dial, parties, telling, told } from './calling.js';
import { declinedCall } from './declined-call.js';
import { AGENT, CUSTOMER } from './people.js';
import { recordedCall } from './recorded-call.js';
import type { Scene } from './scene.js';

const customerCancels: Scene = {
  name: 'cancel',
  title: 'The customer gives up while the agent’s phone rings',
  caller: 'customer',
  async play(world) {
    const { proxyNumbers } = await world.api.openSession({ participants: parties(), ttl: 1800 });
    const call = dial(CUSTOMER, world, proxyNumbers[0]);
    const incoming = await world.agent.nextCall();
    incoming.ring(telling(AGENT));
    await call.ringing();
    const reason = `Reason: SIP;cause=487;text="${CUSTOMER.name} ${CUSTOMER.number}"`;
    told('CANCEL', (await call.cancel({ lines: [reason] }).final()).status, 200);
    told('INVITE', (await call.final()).status, 487);
    await incoming.cancelled();
    await incoming.acked();
    return { result: 'cancelled (487 Request Terminated)' };
  },
};

/** A call that is refused: the other side's phone must not see one byte. */
async function refused(call: OutgoingCall, other: Phone, status: number) {
  const before = other.trace.mark;
  const final = await call.final();
  told('INVITE', final.status, status);
  await sleep(100);
  told('messages at the other side', other.trace.since(before).length, 0);
  return { result: `refused (${final.summary})` };
}

const sessionExpired: Scene = {
  name: 'expired-session',
  title: 'The customer calls when the session has run out: nobody is disturbed',
  caller: 'customer',
  async play(world) {
    const { proxyNumbers } = await world.api.openSession({ participants: parties(), ttl: 1 });
    await sleep(1150);
    return refused(dial(CUSTOMER, world, proxyNumbers[0]), world.agent, 480);
  },
};

const emergency: Scene = {
  name: 'emergency',
  title: 'The agent dials 911: never masked, so refused with a clear answer',
  caller: 'agent',
  play: (world) => refused(dial(AGENT, world, '911'), world.customer, 403),
};

export const SCENES: readonly Scene[] = [
  recordedCall,
  declinedCall,
  customerCancels,
  sessionExpired,
  emergency,
];
