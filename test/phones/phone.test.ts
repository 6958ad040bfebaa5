import { afterEach, describe, expect, it } from 'vitest';
import { Phone, type PhoneOptions } from '../../src/phones/phone.js';
import { sdp } from '../../src/phones/sdp.js';
import { tagOf } from '../../src/phones/message.js';

const open: Phone[] = [];

async function phone(options: PhoneOptions): Promise<Phone> {
  const opened = await Phone.open(options);
  open.push(opened);
  return opened;
}

async function two(protocol: 'udp' | 'tcp' = 'udp'): Promise<[Phone, Phone]> {
  return [
    await phone({ user: 'alice', protocol, host: '127.0.1.9' }),
    await phone({ user: 'bob', protocol, host: '127.0.2.9' }),
  ];
}

const callTo = (bob: Phone) => ({ uri: `sip:bob@${bob.hostPort}`, peer: bob.address });

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

describe('a scripted phone against its like', () => {
  it.each(['udp', 'tcp'] as const)('calls, talks, holds and hangs up over %s', async (protocol) => {
    const [alice, bob] = await two(protocol);
    const call = alice.call({ ...callTo(bob), body: sdp() });
    const incoming = await bob.nextCall();
    incoming.ring();
    await call.ringing();
    incoming.answer();
    await call.answered();
    await incoming.acked();
    expect((await call.hold()).status).toBe(200);
    expect((await incoming.expect('INVITE')).message.body).toContain('a=sendonly');
    expect((await incoming.resume()).status).toBe(200);
    expect((await call.dtmf('5')).status).toBe(200);
    expect((await incoming.update()).status).toBe(200);
    expect((await incoming.bye()).status).toBe(200);
    await call.expect('BYE');
  });

  it('cancels a ringing call with the tagless To of its INVITE', async () => {
    const [alice, bob] = await two();
    const call = alice.call({ ...callTo(bob), body: sdp() });
    const incoming = await bob.nextCall();
    incoming.ring();
    await call.ringing();
    expect((await call.cancel().final()).status).toBe(200);
    expect(tagOf((await incoming.cancelled()).get('to'))).toBe('');
    expect((await call.final()).status).toBe(487);
    await incoming.acked();
  });

  it('acknowledges a failure by itself and repeats its answer to a repeated request', async () => {
    const [alice, bob] = await two();
    const call = alice.call({ ...callTo(bob), body: sdp() });
    const incoming = await bob.nextCall();
    incoming.refuse(486);
    expect((await call.final()).status).toBe(486);
    await incoming.acked();
    const before = alice.trace.mark;
    alice.send(call.invite.raw, bob.address);
    await expect.poll(() => alice.trace.received(before).map((m) => m.status)).toEqual([486]);
  });

  it('says what came instead when the awaited did not come', async () => {
    const [alice, bob] = await two();
    const call = alice.call({ ...callTo(bob), body: sdp() });
    (await bob.nextCall()).ring();
    await expect(call.response(183, 80)).rejects.toThrow(/183 to INVITE.*180 Ringing/);
  });

  it('reads compact and folded fields and keeps the raw bytes', async () => {
    const [alice, bob] = await two();
    alice.call({ ...callTo(bob), lines: ['s: a subject', 'X-Odd: one\r\n two'] });
    const { invite } = await bob.nextCall();
    expect(invite.get('subject')).toBe('a subject');
    expect(invite.get('x-odd')).toBe('one two');
    expect(invite.raw.toString()).toContain('X-Odd: one\r\n two');
  });
});
