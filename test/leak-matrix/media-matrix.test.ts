import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Call } from '../../src/phones/call.js';
import { Phone } from '../../src/phones/phone.js';
import { Lab, PEOPLE, type LabOptions } from '../support/lab.js';
import { Bench, other } from './bench.js';
import type { Side } from './canaries.js';
import { openLeakyB2bua } from './leaky-b2bua.js';
import { ALL_ROWS, carried, digits, recognised } from './media/recognised.js';
import { TelltaleLine } from './media/telltale-line.js';

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Lines = Readonly<Record<Side, TelltaleLine>>;

async function openLines(): Promise<Lines> {
  const lines = {
    carrier: await TelltaleLine.open('carrier'),
    pbx: await TelltaleLine.open('pbx'),
  };
  closing.push(
    () => lines.carrier.close(),
    () => lines.pbx.close(),
  );
  return lines;
}

const known = {
  carrier: `${PEOPLE.customer}@carrier.example`,
  pbx: `${PEOPLE.agent}@${PEOPLE.aorDomain}`,
};

async function benchOnDaemon(tenant: object): Promise<Bench> {
  const anchored: LabOptions = { carrier: { media: 'anchored' }, pbx: { media: 'anchored' } };
  const lab = await Lab.open({ ...anchored, tenant });
  closing.push(() => lab.close());
  return new Bench({
    phones: { carrier: lab.carrier, pbx: lab.pbx },
    peer: lab.daemon.sip,
    dials: { carrier: lab.session.customerDials, pbx: lab.session.agentDials },
    known,
  });
}

/** Passes SIP on as it is; so the parties' media goes straight from one to the other. */
async function benchOnLeakyBuild(): Promise<Bench> {
  const places = [PEOPLE.carrierHost, PEOPLE.pbxHost].map((host) =>
    Phone.open({ user: 'x', host }),
  );
  const [carrierAt, pbxAt] = (await Promise.all(places)).map(({ address }) => address);
  await Promise.all((await Promise.all(places)).map((phone) => phone.close()));
  if (carrierAt === undefined || pbxAt === undefined) throw new Error('no phones');
  const leaky = await openLeakyB2bua(carrierAt, pbxAt);
  const proxy = leaky.address;
  const carrier = await Phone.open({ user: PEOPLE.customer, ...carrierAt, proxy });
  const pbx = await Phone.open({ user: PEOPLE.agent, ...pbxAt, proxy });
  closing.push(
    () => leaky.close(),
    () => carrier.close(),
    () => pbx.close(),
  );
  const dials = { carrier: '+12025561000', pbx: '+12025561001' };
  return new Bench({ phones: { carrier, pbx }, peer: proxy, dials, known });
}

/**
 * Early media, prompts if any, talk, a digit and a hold of each, goodbye.
 * @param early whether the caller hears early media: where prompts are due, nobody is heard before.
 */
async function talk(bench: Bench, lines: Lines, from: Side, early = true): Promise<void> {
  const to = other(from);
  const caller = bench.call(from, [], { body: lines[from].description() });
  const callee = await bench.arrival(to);
  lines[to].talkTo(callee.invite.body);
  callee.reply(183, { body: lines[to].description() });
  if (early) lines[from].talkTo((await caller.response(183)).body);
  else expect((await caller.response(180)).body).toBe('');
  // Somebody picks up.
  await sleep(300);
  callee.reply(200, { body: lines[to].description() });
  lines[from].talkTo((await caller.answered()).body);
  await callee.acked();
  await talked(lines, 60);
  for (const side of [from, to]) await lines[side].press(5);
  await sleep(300);
  const ends = [
    [caller, lines[from], callee, lines[to]],
    [callee, lines[to], caller, lines[from]],
  ] as const;
  for (const [end, line, otherEnd, otherLine] of ends) {
    await holdAndResume(end, line, otherEnd, otherLine);
  }
  await talked(lines, 100);
  for (const side of [from, to]) lines[side].sayGoodbye();
  expect((await caller.bye()).status).toBe(200);
  await callee.expect('BYE');
  // RTCP's last words.
  await sleep(200);
}

/** Both have heard so many packets of the other. */
async function talked(lines: Lines, packets: number): Promise<void> {
  const least = (): number =>
    Math.min(carried(lines.carrier, lines.pbx).length, carried(lines.pbx, lines.carrier).length);
  await expect.poll(least, { timeout: 30_000, interval: 50 }).toBeGreaterThan(packets);
}

async function holdAndResume(
  end: Call,
  line: TelltaleLine,
  otherEnd: Call,
  otherLine: TelltaleLine,
): Promise<void> {
  for (const direction of ['sendonly', 'sendrecv'] as const) {
    const body = otherLine.description();
    otherEnd.replies.set('INVITE', { status: 200, extras: { body } });
    const answer = await end.reinvite({ body: line.description(direction) });
    expect(answer.status).toBe(200);
    line.talkTo(answer.body);
  }
}

/** A FreeSWITCH takes padding for audio (docs/media.md). */
const PASSED = process.env['CALLVEIL_TEST_FREESWITCH'] === undefined ? [] : ['RTP padding'];

/** Everything that either side recognises of the other. */
function leaks(bench: Bench, lines: Lines): string[] {
  const sides: Side[] = ['carrier', 'pbx'];
  return sides.flatMap((side) => {
    const heard = { line: lines[side], sip: bench.phone(side).trace.receivedBytes() };
    return recognised(heard, lines[other(side)]).map((row) => `${other(side)}→${side}  ${row}`);
  });
}

const NOBODY_ASKED = {};
const ANNOUNCED = {
  recording: { mode: 'always' },
  consent: { customer: { mode: 'announce' }, agent: { mode: 'announce' } },
};

describe('the leak matrix of media', () => {
  it.each([
    ['a call from the carrier', 'carrier', NOBODY_ASKED],
    ['a call from the PBX, with prompts and recorded', 'pbx', ANNOUNCED],
  ] as const)(
    'RTP, RTCP and SDP of one side hold nothing of the other: %s',
    { timeout: 60_000 },
    async (_, from, tenant) => {
      const lines = await openLines();
      const bench = await benchOnDaemon(tenant);
      await talk(bench, lines, from, tenant === NOBODY_ASKED);
      expect(
        leaks(bench, lines).filter((row) => !PASSED.includes(row.split('  ')[1] ?? '')),
      ).toEqual([]);
      expect(bench.leaks()).toEqual([]);
      expect(digits(lines.carrier)).toBeGreaterThan(0);
      expect(digits(lines.pbx)).toBeGreaterThan(0);
    },
  );

  it('parties that are simply joined turn every row red', { timeout: 60_000 }, async () => {
    const lines = await openLines();
    const bench = await benchOnLeakyBuild();
    await talk(bench, lines, 'carrier');
    const all = ['pbx→carrier', 'carrier→pbx'].flatMap((way) =>
      ALL_ROWS.map((row) => `${way}  ${row}`),
    );
    expect(leaks(bench, lines)).toEqual(all);
  });
});
