import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Phone } from '../../src/phones/phone.js';
import { rfc4475 } from '../embedded/sip-server/torture/rfc4475.js';
import { rfc5118 } from '../embedded/sip-server/torture/rfc5118.js';
import { bytesOf, type TortureMessage } from '../embedded/sip-server/torture/torture-message.js';
import { onRealDrachtio } from '../support/engine.js';
import { Lab, PEOPLE } from '../support/lab.js';

const messages = [...rfc4475, ...rfc5118];

let lab: Lab;
/** The trunk that sends them: each from a port of its own, so that no answer is taken for another. */
let trunk: Phone;

beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(async () => {
  await lab.close();
});
beforeEach(async () => {
  trunk = await Phone.open({ user: 'trunk', host: PEOPLE.carrierHost });
});
afterEach(async () => {
  await trunk.close();
});

/** The different final answers heard so far: until its ACK a refusal is repeated. */
function finals(): number[] {
  const statuses = trunk.trace.received().map(({ status }) => status);
  return [...new Set(statuses.filter((status) => status >= 200))];
}

/** Some of them have one branch and would be taken for repetitions of one another. */
function notRepeated(message: TortureMessage): Buffer {
  const text = bytesOf(message).toString('latin1');
  return Buffer.from(text.replace(/(branch *= *z9hG4bK)(?=\w)/, `$1${message.name}`), 'latin1');
}

describe.skipIf(onRealDrachtio)('a torture message from a trunk', () => {
  it.each(messages)('$rfc $section $name, $title: $daemon', async (message) => {
    const atPbx = lab.pbx.trace.mark;
    trunk.send(notRepeated(message), lab.daemon.sip);
    if (message.daemon === 'silence') {
      const uri = `sip:127.0.0.1:${lab.daemon.sip.port}`;
      await trunk.request('OPTIONS', { uri, peer: lab.daemon.sip }).final();
    }
    const wanted = message.daemon === 'silence' ? 200 : message.daemon;
    await expect.poll(finals, { interval: 5 }).toEqual([wanted]);
    expect(lab.pbx.trace.since(atPbx)).toEqual([]);
  });
});

/** The same message as the customer of the session would send it to the proxy number. */
function asCustomer(message: TortureMessage): Buffer {
  const uri = `sip:${lab.session.customerDials}@127.0.0.1:${lab.daemon.sip.port}`;
  const customer = `<sip:${PEOPLE.customer}@carrier.example>;tag=${message.name}`;
  const text = bytesOf(message)
    .toString('latin1')
    .replace(/^INVITE sip:[^@ ]+@[^ ;?>]+/, `INVITE ${uri}`)
    .replace(/^((?:From|F) *:).*(?:\r\n[ \t].*)*/im, `$1 ${customer}`)
    // A call, and not a repetition of what the test before has sent.
    .replace(/; *tag *= *1918181833n/, '')
    .replace(/(branch *= *(?:z9hG4bK)?)/g, '$1again');
  return Buffer.from(text, 'latin1');
}

const words = (text: string): string[] => text.match(/[\w.+:-]{5,}/g) ?? [];

describe.skipIf(onRealDrachtio)('a torture INVITE to a proxy number', () => {
  /** What an ordinary call brings to the agent. */
  let ordinary: ReadonlySet<string>;

  beforeAll(async () => {
    const mark = lab.pbx.trace.mark;
    const { caller, callee } = await lab.talking();
    await Promise.all([caller.bye(), callee.expect('BYE')]);
    ordinary = new Set(words(lab.pbx.trace.receivedBytes(mark).toString('latin1')));
  });

  it.each(messages.filter((message) => bytesOf(message).toString().startsWith('INVITE ')))(
    '$rfc $section $name, $title: nothing of it but the media reaches the agent',
    async (message) => {
      const atPbx = lab.pbx.trace.mark;
      const invite = asCustomer(message).toString('latin1');
      trunk.send(Buffer.from(invite, 'latin1'), lab.daemon.sip);
      const anything = (): number => finals().length + lab.pbx.trace.since(atPbx).length;
      await expect.poll(anything, { interval: 5 }).toBeGreaterThan(0);
      lab.pbx.pollCall()?.refuse(486);
      const wellFormed = typeof message.daemon === 'string' || [404, 481].includes(message.daemon);
      const wanted = wellFormed ? 486 : message.daemon;
      await expect.poll(finals, { interval: 5 }).toEqual([wanted]);
      const bLeg = lab.pbx.trace.receivedBytes(atPbx).toString('latin1');
      const media = new Set(
        invite.split('\r\n').flatMap((l) => (/^[cma]=/.test(l) ? words(l) : [])),
      );
      const crossed = words(bLeg).filter((word) => !ordinary.has(word) && invite.includes(word));
      expect(crossed.filter((word) => !media.has(word))).toEqual([]);
      expect(bLeg.startsWith('INVITE ')).toBe(wellFormed);
    },
  );
});
