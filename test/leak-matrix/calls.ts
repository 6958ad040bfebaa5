import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingCall } from '../../src/phones/incoming-call.js';
import type { SipText } from '../../src/phones/message.js';
import type { OutgoingCall } from '../../src/phones/outgoing-call.js';
import type { Side } from './canaries.js';
import { other, type Bench } from './bench.js';
import type { Planting } from './chunks.js';
import { FOREIGN_BODIES } from './bodies.js';

type Chunk = readonly Planting[];

const STATUSES = {
  redirect: [300, 301, 302, 305, 380],
  client: [404, 407, 410, 433, 480, 484, 485, 486, 488, 401, 403],
  server: [500, 501, 502, 503, 504],
  global: [600, 603, 604, 606, 607, 608],
} as const;

/** One status of each class, so that the rounds together use them all. */
export function statusesOf(round: number): number[] {
  return Object.values(STATUSES).map((list) => list[round % list.length] ?? 500);
}

/** Longer than an ACK travels on loopback. */
const SETTLED_MS = 15;

/** A call with everything that can be said inside one: re-INVITE, UPDATE, INFO of both sides, BYE. */
export async function talk(bench: Bench, caller: Side, chunk: Chunk): Promise<void> {
  const callee = other(caller);
  const call = bench.call(caller, chunk);
  const incoming = await bench.arrival(callee);
  bench.answerTelling(call, chunk, caller);
  bench.answerTelling(incoming, chunk, callee);
  incoming.reply(183, bench.tellingReply(chunk, '183', callee));
  incoming.reply(180, bench.tellingReply(chunk, '180', callee));
  incoming.reply(181, bench.tellingReply(chunk, '181', callee));
  incoming.reply(200, bench.tellingReply(chunk, '200', callee));
  await call.answered(bench.tellingWithoutBody(chunk, 'ACK', caller));
  await incoming.acked();
  // A renegotiation before both ACKs have arrived is glare, which is not what this is about.
  await sleep(SETTLED_MS);
  const ends = [
    [call, caller],
    [incoming, callee],
  ] as const;
  for (const [end, side] of ends) {
    const ack = bench.tellingWithoutBody(chunk, 'ACK to re-INVITE', side);
    await accepted('re-INVITE', end.reinvite(bench.telling(chunk, 're-INVITE', side), ack));
    await accepted('UPDATE', end.update(bench.telling(chunk, 'UPDATE', side)));
    const dtmf = { type: 'application/dtmf-relay', text: 'Signal=5\r\nDuration=160\r\n' };
    await accepted('INFO', end.info(dtmf, bench.tellingWithoutBody(chunk, 'INFO', side)));
  }
  await call.bye(bench.tellingWithoutBody(chunk, 'BYE', caller));
  await incoming.expect('BYE');
}

/** A call that the callee hangs up: its BYE and the caller's answer to it tell as well. */
export async function hungUpByCallee(bench: Bench, caller: Side, chunk: Chunk): Promise<void> {
  const callee = other(caller);
  const call = bench.call(caller, chunk);
  const incoming = await bench.arrival(callee);
  bench.answerTelling(call, chunk, caller);
  incoming.answer();
  await call.answered();
  await incoming.acked();
  await incoming.bye(bench.tellingWithoutBody(chunk, 'BYE', callee));
  await call.expect('BYE');
}

export async function cancel(bench: Bench, caller: Side, chunk: Chunk): Promise<void> {
  const callee = other(caller);
  const call = bench.call(caller, chunk);
  const incoming = await bench.arrival(callee);
  incoming.replies.set('CANCEL', 'by-hand');
  incoming.ring();
  await call.ringing();
  const gaveUp = call.cancel(bench.tellingWithoutBody(chunk, 'CANCEL', caller));
  const received = await incoming.expect('CANCEL');
  const { lines = [] } = bench.tellingWithoutBody(chunk, '200 to CANCEL', callee);
  received.reply(200, { lines });
  incoming.reply(487, bench.tellingFailure(chunk, '487', callee));
  await gaveUp.final();
  await call.final();
  await incoming.acked();
}

export async function refuse(
  bench: Bench,
  caller: Side,
  chunk: Chunk,
  status: number,
): Promise<void> {
  const callee = other(caller);
  const call = bench.call(caller, chunk);
  const incoming = await bench.arrival(callee);
  incoming.refuse(status, bench.tellingFailure(chunk, String(status), callee));
  await call.final();
  await incoming.acked();
}

const BRIEFLY_MS = 150;
const PATIENCE_MS = 4000;

/** The call at the callee, or undefined once the caller was refused without it. */
async function arrivalUnlessRefused(
  bench: Bench,
  callee: Side,
  call: OutgoingCall,
): Promise<IncomingCall | undefined> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const incoming = bench.phone(callee).pollCall();
    if (incoming !== undefined) return incoming;
    if (call.invitation.responses.poll((response) => response.status >= 200)) return undefined;
    await sleep(2);
  }
  throw new Error('an INVITE was neither refused nor passed on');
}

/** The matrix proves nothing about a message that was refused, so it insists. */
async function accepted(what: string, response: Promise<SipText>): Promise<void> {
  const { startLine, status } = await response;
  if (status !== 200) throw new Error(`${what} was answered ${startLine}`);
}

/** Messages that may be refused for what they hold: whatever is answered, nothing may cross. */
export async function provoke(bench: Bench, caller: Side, planting: Planting): Promise<void> {
  const callee = other(caller);
  const { lines = [] } = bench.tellingWithoutBody([planting], 'INVITE', caller);
  const call = bench.call(caller, [], { lines });
  const incoming = await arrivalUnlessRefused(bench, callee, call);
  if (incoming === undefined) return;
  incoming.refuse(486, bench.tellingFailure([planting], '486', callee));
  await call.final();
}

/** Bodies that are no plain description, in the messages that could carry them. */
export async function foreignBodies(bench: Bench, caller: Side): Promise<void> {
  const callee = other(caller);
  for (const { type, body, lines = [] } of FOREIGN_BODIES) {
    const plant = (message: string, side: Side): string =>
      bench.aviary.plant(`body ${type}`, 'plain', message, side);
    const call = bench.call(caller, [], { body: body(plant('INVITE', caller)), lines });
    const first = await arrivalUnlessRefused(bench, callee, call);
    if (first === undefined) continue;
    first.refuse(404, { body: body(plant('404', callee)), lines });
    await call.final();
  }
  const call = bench.call(caller, []);
  const incoming = await bench.arrival(callee);
  for (const { type, body, lines = [] } of FOREIGN_BODIES) {
    const plant = (): string => bench.aviary.plant(`body ${type}`, 'plain', '180', callee);
    incoming.reply(180, { body: body(plant()), lines });
  }
  incoming.answer();
  await call.answered();
  await incoming.acked();
  for (const { type, body, lines = [] } of FOREIGN_BODIES) {
    for (const [end, side] of [
      [call, caller],
      [incoming, callee],
    ] as const) {
      const plant = bench.aviary.plant(`body ${type}`, 'plain', 'INFO', side);
      await end.info(body(plant), { lines });
    }
  }
  const farewell = bench.aviary.plant('body of BYE', 'plain', 'BYE', caller);
  await call.bye({ body: { type: 'text/plain', text: farewell } });
  await sleep(BRIEFLY_MS);
}
