import { setTimeout as sleep } from 'node:timers/promises';
import type { Phone } from '../../phones/phone.js';
import type { OutgoingCall } from '../../phones/outgoing-call.js';
import type { Party } from './api.js';
import {
  AGENT,
  CUSTOMER,
  aor,
  tellingLines,
  tellingReason,
  tellingSdp,
  type Person,
} from './people.js';
import type { World } from './world.js';

/** One call of the demo: who calls, and a script that throws when it does not go as told. */
export interface Scene {
  readonly name: string;
  readonly title: string;
  readonly caller: Person['who'];
  /** Runs the call and says how it ended. */
  play(world: World): Promise<string>;
}

const TALK_MS = 250;
const EXPIRED_TTL_SECONDS = 1;

/** Throws unless the script got what it was told to get. */
function told(what: string, got: unknown, wanted: unknown): void {
  if (got !== wanted) throw new Error(`${what}: got ${String(got)} instead of ${String(wanted)}`);
}

const parties = (): [Party, Party] => [
  { number: CUSTOMER.number, reference: 'customer-7' },
  { sip: aor(AGENT), reference: 'agent-3' },
];

function dial(phone: Phone, person: Person, world: World, number: string): OutgoingCall {
  return phone.call({
    uri: `sip:${number}@127.0.0.1:${world.callveil.port}`,
    peer: world.callveil,
    from: `"${person.name}" <${aor(person)}>`,
    callId: `${person.number.slice(2)}-${phone.trace.mark}@${person.domain}`,
    lines: tellingLines(person),
    body: tellingSdp(person),
  });
}

const telling = (person: Person): { lines: readonly string[]; reason: string } => ({
  lines: tellingLines(person),
  reason: tellingReason(person),
});

/** The callee rings, answers, and says everything about itself while it does. */
async function answer(phone: Phone, person: Person, call: OutgoingCall) {
  const incoming = await phone.nextCall();
  incoming.ring(telling(person));
  await call.ringing();
  incoming.answer({ ...telling(person), body: tellingSdp(person) });
  await call.answered();
  await incoming.acked();
  return incoming;
}

const customerCalls: Scene = {
  name: 'customer-call',
  title: 'The customer calls the proxy number; the agent answers, holds, resumes',
  caller: 'customer',
  async play(world) {
    const { proxyNumbers } = await world.api.openSession({
      participants: parties(),
      reference: 'order-1042',
      ttl: 1800,
    });
    const call = dial(world.customer, CUSTOMER, world, proxyNumbers[0]);
    const incoming = await answer(world.agent, AGENT, call);
    incoming.replies.set('BYE', { status: 200, extras: telling(AGENT) });
    await sleep(TALK_MS);
    const lines = tellingLines(AGENT);
    told('hold', (await incoming.reinvite({ lines, body: tellingSdp(AGENT, 2) })).status, 200);
    told('resume', (await incoming.reinvite({ lines, body: tellingSdp(AGENT, 3) })).status, 200);
    await sleep(TALK_MS);
    const reason = `Reason: SIP;cause=200;text="${CUSTOMER.name} ${CUSTOMER.number}"`;
    told('BYE', (await call.bye({ lines: [reason, ...tellingLines(CUSTOMER)] })).status, 200);
    await incoming.expect('BYE');
    return 'answered, the customer hung up';
  },
};

const agentCallsBack: Scene = {
  name: 'agent-callback',
  title: 'The agent calls back on the agent’s own proxy number',
  caller: 'agent',
  async play(world) {
    const { proxyNumbers } = await world.api.openSession({
      participants: parties(),
      reference: 'order-1043',
      ttl: 1800,
    });
    const call = dial(world.agent, AGENT, world, proxyNumbers[1]);
    const incoming = await answer(world.customer, CUSTOMER, call);
    told('DTMF', (await call.dtmf('5')).status, 200);
    await incoming.expect('INFO');
    await sleep(TALK_MS);
    told('BYE', (await incoming.bye({ lines: tellingLines(CUSTOMER) })).status, 200);
    await call.expect('BYE');
    return 'answered, the customer hung up';
  },
};

const customerCancels: Scene = {
  name: 'cancel',
  title: 'The customer gives up while the agent’s phone rings',
  caller: 'customer',
  async play(world) {
    const { proxyNumbers } = await world.api.openSession({ participants: parties(), ttl: 1800 });
    const call = dial(world.customer, CUSTOMER, world, proxyNumbers[0]);
    const incoming = await world.agent.nextCall();
    incoming.ring(telling(AGENT));
    await call.ringing();
    const reason = `Reason: SIP;cause=487;text="${CUSTOMER.name} ${CUSTOMER.number}"`;
    told('CANCEL', (await call.cancel({ lines: [reason] }).final()).status, 200);
    told('INVITE', (await call.final()).status, 487);
    await incoming.cancelled();
    await incoming.acked();
    return 'cancelled (487 Request Terminated)';
  },
};

/** A call that is refused: the other side's phone must not see one byte. */
async function refused(call: OutgoingCall, other: Phone, status: number): Promise<string> {
  const before = other.trace.mark;
  const final = await call.final();
  told('INVITE', final.status, status);
  await sleep(100);
  told('messages at the other side', other.trace.since(before).length, 0);
  return `refused (${final.summary})`;
}

const sessionExpired: Scene = {
  name: 'expired-session',
  title: 'The customer calls when the session has run out: nobody is disturbed',
  caller: 'customer',
  async play(world) {
    const ttl = EXPIRED_TTL_SECONDS;
    const { proxyNumbers } = await world.api.openSession({ participants: parties(), ttl });
    await sleep(ttl * 1000 + 150);
    return refused(dial(world.customer, CUSTOMER, world, proxyNumbers[0]), world.agent, 480);
  },
};

const emergency: Scene = {
  name: 'emergency',
  title: 'The agent dials 911: never masked, so refused with a clear answer',
  caller: 'agent',
  play: (world) => refused(dial(world.agent, AGENT, world, '911'), world.customer, 403),
};

export const SCENES = [customerCalls, agentCallsBack, customerCancels, sessionExpired, emergency];
