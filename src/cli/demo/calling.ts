import { mediaOf } from '../../phones/sdp.js';
import type { IncomingCall } from '../../phones/incoming-call.js';
import type { OutgoingCall } from '../../phones/outgoing-call.js';
import type { Phone } from '../../phones/phone.js';
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

/** What every call of the demo does in the same way. */

/** Throws unless the script got what it was told to get. */
export function told(what: string, got: unknown, wanted: unknown): void {
  if (got !== wanted) throw new Error(`${what}: got ${String(got)} instead of ${String(wanted)}`);
}

export const parties = (): [Party, Party] => [
  { number: CUSTOMER.number, reference: 'customer-7' },
  { sip: aor(AGENT), reference: 'agent-3' },
];

export function dial(person: Person, world: World, number: string): OutgoingCall {
  const phone = world[person.who];
  return phone.call({
    uri: `sip:${number}@127.0.0.1:${world.callveil.port}`,
    peer: world.callveil,
    from: `"${person.name}" <${aor(person)}>`,
    callId: `${person.number.slice(2)}-${phone.trace.mark}@${person.domain}`,
    lines: tellingLines(person),
    body: tellingSdp(person, world.lines[person.who].address),
  });
}

export const telling = (person: Person): { lines: readonly string[]; reason: string } => ({
  lines: tellingLines(person),
  reason: tellingReason(person),
});

/** An answer names what the offer does, under its numbers (RFC 3264 §6.1). */
const answering = (person: Person, world: World, offer: string) =>
  tellingSdp(person, world.lines[person.who].address, { payloads: mediaOf(offer).payloads });

/** A call that both have answered; each sends its audio to where it was told. */
export interface Answered {
  readonly call: OutgoingCall;
  readonly incoming: IncomingCall;
  /** On the clock of `performance.now()`. */
  readonly at: number;
}

/** The callee rings, answers, and says everything about itself while it does. */
export async function answered(
  world: World,
  caller: Person,
  callee: Person,
  call: OutgoingCall,
): Promise<Answered> {
  const phone: Phone = world[callee.who];
  const incoming = await phone.nextCall();
  incoming.ring(telling(callee));
  await call.ringing();
  const offer = incoming.invite.body;
  const at = performance.now();
  incoming.answer({ ...telling(callee), body: answering(callee, world, offer) });
  world.lines[callee.who].talkTo(offer);
  world.lines[caller.who].talkTo((await call.answered()).body);
  await incoming.acked();
  return { call, incoming, at };
}
