import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { IncomingCall } from '../../src/phones/incoming-call.js';
import type { OutgoingCall } from '../../src/phones/outgoing-call.js';
import { newTag } from '../../src/phones/compose.js';
import { sdp } from '../../src/phones/sdp.js';
import { skipOnRealDrachtio } from '../support/engine.js';
import { bytesOf, handmade } from '../support/handmade.js';
import { Lab, PEOPLE } from '../support/lab.js';
import { allLegsEnded } from '../support/settled.js';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open();
});
afterEach(async () => {
  await allLegsEnded(lab.daemon.api);
  expect(lab.leaks()).toEqual([]);
});
afterAll(() => lab.close());

/** The callee refuses whatever has come. */
async function refused(call: OutgoingCall): Promise<IncomingCall> {
  const callee = await lab.pbx.nextCall();
  callee.refuse(486);
  expect((await call.final()).status).toBe(486);
  return callee;
}

describe('a proxy number is found however it is written:', () => {
  const escaped = (number: string): string =>
    number.replace(/./g, (digit) => `%${digit.charCodeAt(0).toString(16)}`);
  it.each<[string, (number: string, host: string) => string]>([
    ['percent-encoded', (number, host) => `sip:${escaped(number)}@${host}`],
    ['with user=phone', (number, host) => `sip:${number}@${host};user=phone`],
    ['with parameters of the user', (number, host) => `sip:${number};npdi;rn=+1@${host}`],
    ['with a password', (number, host) => `sip:${number}:secret@${host}`],
    ['as a tel URI', (number) => `tel:${number}`],
    [
      'as a tel URI with separators',
      (number) => `tel:+1-202-${number.slice(5, 8)}.${number.slice(8)}`,
    ],
  ])('%s', async (_, uriOf) => {
    const host = `127.0.0.1:${lab.daemon.sip.port}`;
    await refused(lab.customerCalls({ uri: uriOf(lab.session.customerDials, host) }));
  });
});

describe('a caller is masked like any other', () => {
  it.each([
    ['who is a tel URI', `<tel:${PEOPLE.customer}>`],
    ['with bytes that are no UTF-8', `"cAnArY\xff\xc3" <sip:${PEOPLE.customer}@x>`],
    ['written from right to left', `"cAnArY\u202e0415" <sip:${PEOPLE.customer}@x>`],
    ['with a name of 8 kB', `"${'cAnArY'.repeat(1_300)}" <sip:${PEOPLE.customer}@x>`],
  ])('%s', async (_, from) => {
    const callee = await refused(lab.customerCalls({ from }));
    expect(callee.invite.raw.toString('latin1')).not.toContain('cAnArY');
  });

  it('or refused, who ends his lines with LF alone', async () => {
    const before = lab.carrier.trace.mark;
    const uri = `sip:${lab.session.customerDials}@127.0.0.1:${lab.daemon.sip.port}`;
    const bytes = bytesOf(handmade('INVITE', uri, lab.carrier))
      .toString()
      .replaceAll('\r\n', '\n');
    lab.carrier.send(Buffer.from(bytes), lab.daemon.sip);
    await expect.poll(() => lab.carrier.trace.received(before).at(-1)?.status).toBe(400);
  });
});

describe('an offer that cannot be used is refused with 488 and goes no further:', () => {
  const usual = sdp().text;
  it.each([
    ['200 m-lines', usual + 'm=audio 4000 RTP/AVP 0\r\n'.repeat(200)],
    ['3000 attributes', usual + 'a=x:y\r\n'.repeat(3_000)],
    ['port 70000', sdp({ port: 70_000 }).text],
    ['a host name', usual.replace(/^c=.*/m, 'c=IN IP4 phone.example')],
    ['garbage', 'hello\r\nworld\r\n'],
    [
      'T.38 alone',
      'v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=image 4 udptl t38\r\n',
    ],
  ])('%s', async (_, text) => {
    const before = lab.pbx.trace.mark;
    const call = lab.customerCalls({ body: { type: 'application/sdp', text } });
    expect((await call.final()).status).toBe(488);
    expect(lab.pbx.trace.since(before)).toEqual([]);
  });

  it('packed, it is refused with 415', async () => {
    const call = lab.customerCalls({ lines: ['Content-Encoding: gzip'] });
    expect((await call.final()).status).toBe(415);
  });

  it('T.38 in a re-INVITE, and the call goes on', async () => {
    const { caller, callee } = await lab.talking();
    const text = sdp({ version: 2 }).text.replace(
      /^m=audio.*\r\n(?:a=.*\r\n)*/m,
      'm=image 4 udptl t38\r\n',
    );
    const final = await caller.reinvite({ body: { type: 'application/sdp', text } });
    expect(final.status).toBe(488);
    expect((await callee.hold()).status).toBe(200);
    await Promise.all([caller.bye(), callee.expect('BYE')]);
  });
});

describe('a callee', () => {
  it('who answers without a description is hung up, and the call fails', async () => {
    const call = lab.customerCalls();
    const callee = await lab.pbx.nextCall();
    callee.reply(200);
    await callee.acked();
    await callee.expect('BYE');
    expect((await call.final()).status).toBeGreaterThanOrEqual(400);
  });

  it('who answers without a Contact is acknowledged, and the call fails', async () => {
    const call = lab.customerCalls();
    const callee = await lab.pbx.nextCall();
    callee.answer({ contact: '' });
    expect((await call.final()).status).toBeGreaterThanOrEqual(400);
  });

  it('who answers without a To tag, hangs nothing', async () => {
    const call = lab.customerCalls();
    const callee = await lab.pbx.nextCall();
    const mark = lab.pbx.trace.mark;
    callee.ring();
    const ringing = lab.pbx.trace.since(mark)[0]!;
    const answer = sdp().text;
    const bytes = ringing.bytes
      .toString()
      .replace('SIP/2.0 180 Ringing', 'SIP/2.0 200 OK')
      .replace(/^(To:.*);tag=.*$/m, '$1')
      .replace(
        'Content-Length: 0',
        `Content-Type: application/sdp\r\nContent-Length: ${answer.length}`,
      );
    lab.pbx.send(Buffer.from(bytes + answer), ringing.peer);
    const final = await call.final();
    if (final.status === 200) {
      call.dialog.learnFromResponse(final);
      call.acknowledge(call.invitation);
      expect((await call.bye()).status).toBe(200);
    } else expect(final.status).toBeGreaterThanOrEqual(400);
  });

  it('who forks: each ringing is passed on, the second answer is acknowledged and hung up', async (test) => {
    skipOnRealDrachtio(test, 'leaves the second answer of a fork to itself');
    const call = lab.customerCalls();
    const callee = await lab.pbx.nextCall();
    const mark = lab.pbx.trace.mark;
    callee.ring();
    const asOther = (bytes: Buffer, tag: string): Buffer =>
      Buffer.from(bytes.toString().replace(/^(To:.*;tag=).*$/m, `$1${tag}`));
    const ringing = lab.pbx.trace.since(mark)[0]!;
    const tag = newTag();
    lab.pbx.send(asOther(ringing.bytes, tag), ringing.peer);
    callee.answer();
    await callee.acked();
    await call.answered();
    const answer = lab.pbx.trace.since(mark).find(({ bytes }) => bytes.includes(' 200 OK'))!;
    const second = lab.pbx.trace.mark;
    lab.pbx.send(asOther(answer.bytes, tag), answer.peer);
    const toSecond = (): string[] =>
      lab.pbx.trace
        .received(second)
        .filter((message) => message.get('to').endsWith(tag))
        .map(({ method }) => method);
    await expect.poll(toSecond).toEqual(['ACK', 'BYE']);
    // The call with the first goes on.
    expect((await call.hold()).status).toBe(200);
    await Promise.all([call.bye(), callee.expect('BYE')]);
  });

  it('who repeats his 200 has it acknowledged each time, with the same ACK', async () => {
    const { caller, callee } = await lab.talking();
    const answer = lab.pbx.trace.entries.findLast(
      ({ bytes, direction }) => direction === 'sent' && bytes.includes(' 200 OK'),
    )!;
    for (let again = 0; again < 2; again += 1) {
      const mark = lab.pbx.trace.mark;
      lab.pbx.send(answer.bytes, answer.peer);
      await expect.poll(() => lab.pbx.trace.received(mark).map((m) => m.method)).toEqual(['ACK']);
    }
    await Promise.all([caller.bye(), callee.expect('BYE')]);
  });
});

it('a caller may hang up by BYE while it rings', async (test) => {
  skipOnRealDrachtio(test, 'answers an early BYE 481');
  const call = lab.customerCalls();
  const callee = await lab.pbx.nextCall();
  callee.ring();
  await call.ringing();
  expect((await call.bye()).status).toBe(200);
  expect((await call.final()).status).toBe(487);
  await callee.cancelled();
});
