import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Phone } from '../../src/phones/phone.js';
import { bytesOf, handmade } from '../support/handmade.js';
import { skipOnRealDrachtio } from '../support/engine.js';
import { Lab } from '../support/lab.js';

let lab: Lab;
let stranger: Phone;

beforeAll(async () => {
  // Strangers are answered here, to see what; under-fire.test.ts has them dropped, as by default.
  lab = await Lab.open({ sip: { admission: { strangers: 'answer' } } });
  stranger = await Phone.open({ user: 'stranger', host: '127.0.9.9' });
});
afterEach(() => {
  expect(lab.leaks()).toEqual([]);
});
afterAll(async () => {
  await stranger.close();
  await lab.close();
});

const daemonUri = (user: string): string => `sip:${user}@127.0.0.1:${lab.daemon.sip.port}`;
const to = (user = 'callveil') => ({ uri: daemonUri(user), peer: lab.daemon.sip });

describe('requests out of the blue', () => {
  it.for(['BYE', 'UPDATE', 'PRACK'])(
    '%s without a dialog is answered 481',
    async (method, test) => {
      if (method === 'PRACK') skipOnRealDrachtio(test, 'drops a PRACK that belongs to no dialog');
      expect((await lab.carrier.request(method, to()).final()).status).toBe(481);
    },
  );

  it.for(['INFO', 'NOTIFY', 'REFER', 'REGISTER', 'SUBSCRIBE', 'PUBLISH', 'MESSAGE'])(
    '%s of a stranger is refused, never accepted',
    async (method, test) => {
      if (method === 'REFER') skipOnRealDrachtio(test, 'drops a REFER outside a dialog');
      const final = await stranger.request(method, to()).final();
      expect([403, 405, 481, 489, 501]).toContain(final.status);
    },
  );

  it('OPTIONS is answered 200', async () => {
    expect((await lab.carrier.request('OPTIONS', to()).final()).status).toBe(200);
  });

  it('a stranger learns nothing: a known and an unknown number look alike', async () => {
    const known = await stranger.call(to(lab.session.customerDials)).final();
    const unknown = await stranger.call(to('+12025569999')).final();
    expect(known.status).toBe(unknown.status);
    expect(known.startLine).toBe(unknown.startLine);
  });

  it('an INVITE with a foreign To tag is answered 481', async () => {
    const call = lab.customerCalls({ to: `<${daemonUri('x')}>;tag=foreign` });
    expect((await call.final()).status).toBe(481);
  });

  it('is no open relay: a Request-URI or Route that points elsewhere goes nowhere', async () => {
    const before = stranger.trace.mark;
    const elsewhere = `sip:${lab.session.customerDials}@${stranger.hostPort}`;
    const uri = lab.carrier.call({ ...to(), uri: elsewhere });
    const route = lab.customerCalls({ lines: [`Route: <sip:${stranger.hostPort};lr>`] });
    for (const call of [uri, route]) {
      const callee = await lab.pbx.nextCall(500).catch(() => undefined);
      callee?.refuse(486);
      expect((await call.final()).status).toBeGreaterThanOrEqual(400);
    }
    expect(stranger.trace.since(before)).toHaveLength(0);
  });

  it('percent-encoded line ends in a user part make no new header line', async () => {
    const before = lab.pbx.trace.mark;
    const user = `${lab.session.customerDials}%0d%0aX-Injected: yes`;
    const call = lab.customerCalls({}, user.replace(' ', '%20'));
    expect([400, 404]).toContain((await call.final()).status);
    expect(lab.pbx.trace.since(before)).toHaveLength(0);
  });

  it.each(["';drop table", '*', '__proto__', 'constructor', '%2a%3f', '%00'])(
    'the user part %s is an unknown number',
    async (user) => {
      const escaped = encodeURIComponent(decodeURIComponent(user)).replaceAll('*', '%2A');
      expect([400, 404]).toContain((await lab.customerCalls({}, escaped).final()).status);
    },
  );

  it('stray responses, noise and foreign protocols are met with silence', async () => {
    const before = stranger.trace.mark;
    const noises = [
      'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 1.2.3.4;branch=z9hG4bKx\r\nCSeq: 1 INVITE\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00',
      '\0'.repeat(64),
      '',
    ];
    for (const noise of noises) stranger.send(Buffer.from(noise, 'latin1'), lab.daemon.sip);
    expect((await stranger.request('OPTIONS', to()).final()).status).toBe(200);
    expect(stranger.trace.received(before)).toHaveLength(1);
  });

  it('two different Call-IDs, long and compact, are answered 400 and not forwarded', async () => {
    const before = lab.pbx.trace.mark;
    const lines = handmade('INVITE', daemonUri(lab.session.customerDials), lab.carrier);
    const at = lab.carrier.trace.mark;
    lab.carrier.send(
      bytesOf([...lines.slice(0, -1), 'i: another', 'Content-Length: 0']),
      lab.daemon.sip,
    );
    await expect.poll(() => lab.carrier.trace.received(at).map((m) => m.status)).toContain(400);
    expect(lab.pbx.trace.since(before)).toHaveLength(0);
  });
});
