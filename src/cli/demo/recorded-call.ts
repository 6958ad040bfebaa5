import { setTimeout as sleep } from 'node:timers/promises';
import { answered, dial, parties, told, type Answered } from './calling.js';
import { audibleMs, likeness, toneShare } from './hearing.js';
import { AGENT, CUSTOMER, tellingLines, tellingSdp } from './people.js';
import type { Scene } from './scene.js';
import { proveTape, recorded, type Moments, type Tape } from './tape.js';
import { words } from './voices.js';
import type { World } from './world.js';

/** Long enough to hear the question. */
const CUSTOMER_LISTENS_MS = 1700;
/** North American ringback (ITU-T E.180). */
const RINGBACK_HZ = 440;
/** Voices pass two laws of G.711 nearly unharmed; other words stay below. */
const SURE = 0.9;
const UNLIKE = 0.7;

function must(what: string, holds: boolean): void {
  if (!holds) throw new Error(`not so: ${what}`);
}

/** Each says something; the agent's desk pauses the recording while the customer reads a card. */
async function talk(world: World, callId: string): Promise<Pick<Moments, 'paused' | 'resumed'>> {
  const { customer, agent } = world.lines;
  await sleep(100);
  await customer.say(words('customer-asks'));
  await agent.say(words('agent-asks'));
  await sleep(150);
  await world.api.orderRecording(callId, 'pause');
  const paused = performance.now();
  await customer.say(words('customer-card'));
  await sleep(150);
  const resumed = performance.now();
  await world.api.orderRecording(callId, 'resume');
  await agent.say(words('agent-thanks'));
  return { paused, resumed };
}

/** Holds what came to both phones to what was said to them. */
function judgeEars(world: World, { answered, talk, ended }: Moments): void {
  const { customer, agent } = world.lines;
  must('the customer heard its prompt', audibleMs(customer.heard(answered, talk)) > 1000);
  must('the agent heard its prompt', audibleMs(agent.heard(answered, answered + 1900)) > 800);
  const waited = agent.heard(talk - 500, talk);
  must('the agent heard ringback while it waited', toneShare(waited, RINGBACK_HZ) > 0.2);
  for (const [line, said] of [
    [agent, 'customer-asks'],
    [agent, 'customer-card'],
    [customer, 'agent-asks'],
    [customer, 'agent-thanks'],
  ] as const) {
    must(`${said} was heard`, likeness(words(said), line.heard(talk, ended)) > SURE);
  }
}

async function holdAndResume(world: World, { call, incoming }: Answered): Promise<void> {
  const { customer, agent } = world.lines;
  const lines = tellingLines(AGENT);
  for (const [version, direction, answer] of [
    [2, 'sendonly', 'recvonly'],
    [3, 'sendrecv', 'sendrecv'],
  ] as const) {
    const reply = tellingSdp(CUSTOMER, customer.address, { version, direction: answer });
    call.replies.set('INVITE', { status: 200, extras: { body: reply } });
    const body = tellingSdp(AGENT, agent.address, { version, direction });
    told(direction, (await incoming.reinvite({ lines, body })).status, 200);
  }
}

/** Fetches the recording, opened by the API, and holds it to what was said when. */
async function fetchTape(world: World, id: string, moments: Moments): Promise<Tape> {
  const { started_at } = await world.api.finishedRecording(id);
  const begins = Date.parse(started_at) - performance.timeOrigin;
  const wav = await world.api.recordingMedia(id);
  const sound = proveTape(wav, begins, moments);
  const heard = {
    customer: world.lines.customer.heard(moments.answered, moments.ended),
    agent: world.lines.agent.heard(moments.answered, moments.ended),
  };
  const tape = { recordingId: id, wav, sound, begins, moments, heard };
  const [from, to] = [begins, moments.ended];
  const [left, right] = [recorded(tape, 0, from, to), recorded(tape, 1, from, to)];
  must('the customer is on the left', likeness(words('customer-asks'), left) > SURE);
  must('the agent is on the right', likeness(words('agent-asks'), right) > SURE);
  must('it goes on after the pause', likeness(words('agent-thanks'), right) > SURE);
  must('the card is on neither', likeness(words('customer-card'), left) < UNLIKE);
  must('the card is on neither', likeness(words('customer-card'), right) < UNLIKE);
  return tape;
}

export const recordedCall: Scene = {
  name: 'customer-call',
  title: 'The customer calls, agrees to being recorded, and reads out a card while it is paused',
  caller: 'customer',
  consent: ['opted-in', 'announced'],
  async play(world) {
    const { proxyNumbers } = await world.api.openSession({
      participants: parties(),
      reference: 'order-1042',
      ttl: 1800,
    });
    const both = await answered(world, CUSTOMER, AGENT, dial(CUSTOMER, world, proxyNumbers[0]));
    const { call, incoming } = both;
    incoming.replies.set('BYE', { status: 200, extras: { lines: tellingLines(AGENT) } });
    await sleep(CUSTOMER_LISTENS_MS);
    await world.lines.customer.press('1');
    const recording = await world.api.runningRecording();
    const talkBegins = performance.now();
    const pause = await talk(world, recording.call_id);
    await holdAndResume(world, both);
    const ended = performance.now();
    const reason = `Reason: SIP;cause=200;text="${CUSTOMER.name} ${CUSTOMER.number}"`;
    told('BYE', (await call.bye({ lines: [reason, ...tellingLines(CUSTOMER)] })).status, 200);
    await incoming.expect('BYE');
    world.hangUp();
    const moments = { answered: both.at, talk: talkBegins, ...pause, ended };
    judgeEars(world, moments);
    const tape = await fetchTape(world, recording.id, moments);
    return { result: 'answered, the customer hung up', tape };
  },
};
