import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  compileNeedles,
  inspectMessage,
  type Leak,
  type LegSecrets,
} from '../../../src/domain/identity/leak-guard.js';
import { did } from '../../../src/domain/numbers/did.js';
import { SipAddress } from '../../../src/domain/numbers/party-address.js';
import { anInvite, anSdp, type MessageParts } from './guard-messages.js';
import { number, secretsWith } from './support.js';

const parts: MessageParts = {
  hex: (bytes) => 'c0ffee42'.repeat(8).slice(0, bytes * 2),
  below: (limit) => Math.min(limit - 1, 4242),
  callee: '+12025550111',
  did: '+12125550123',
  own: '198.51.100.1',
  peer: 'sbc.carrier.example',
};

const agent = SipAddress.parse('sip:alice.smith@pbx.corp.example') ?? expect.fail();

const secrets = secretsWith(
  {
    parties: [number('+14155550100'), agent],
    names: ['Jane "JD" Doe', 'Zoë', 'Anonymous', 'SIP', '1007', 'Office +1 650 555 0199'],
    addresses: ['192.0.2.7:5062', '[2001:DB8::7]', 'phone-7.corp.example', '0.0.0.0', '127.0.0.1'],
    callIds: ['f81d4fae7dec11d0a76500a0c91e6bf6@192.0.2.7', '1-2@x'],
    tags: ['1928301774', 'as5f', 'INVITE'],
  },
  {
    parties: [number('+12025550111')],
    dids: [did('+12125550123')],
    addresses: ['198.51.100.1', 'sbc.carrier.example'],
  },
);
const needles = compileNeedles(secrets);

const inHeader = (line: string): Leak | undefined =>
  inspectMessage(needles, anInvite(parts, [line]));
const inSdp = (line: string): Leak | undefined =>
  inspectMessage(needles, anInvite(parts, [], anSdp(parts, [line])));

describe('the guard lets pass', () => {
  it('an ordinary message of the leg', () => {
    expect(inspectMessage(needles, anInvite(parts))).toBeUndefined();
  });

  it.each([
    'Note: 202-555-0111, 0012025550111 and 5550111',
    'Note: 5550100123', // The tail of the secret inside a longer run.
    'Note: 7f5550100ab',
    'Note: zoltan zoe jane doe',
    'Contact: <sip:anonymous@1.192.0.2.7.8>',
    'Note: 192.0.2.77 192.0.2.7.1 corp.example pbx-corp.example phone-7.corp.example.org',
    'Note: sip 1007 0.0.0.0 127.0.0.1 as5f anonymous',
    'Via: SIP/2.0/UDP zoë;branch=z9hG4bK1', // No person is named in a Via.
  ])('%s', (line) => expect(inHeader(line)).toBeUndefined());

  it('words in the text of a MESSAGE, where people write names', () => {
    expect(inspectMessage(needles, 'MESSAGE sip:x SIP/2.0\r\n\r\nHi Zoë')).toBeUndefined();
  });
});

describe('the guard finds', () => {
  it.each([
    ['number', 'Note: 14155550100'],
    ['number', 'Note: tel:+1-415-555-0100'],
    ['number', 'Note: (415) 555 - 0100'],
    ['number', 'Note: 415.555.0100'],
    ['number', 'Note: 00 1 415 555 0100 please'],
    ['number', 'Note: call 24 555-0100'],
    ['number', 'Note: 9#01114155550100'],
    ['number', 'Note: z9hG4bK14155550100abc'],
    ['number', 'Note: %34%31%35%35%35%35%30%31%30%30'],
    ['number', 'Note: =34=31=35=35=35=35=30=31=30=30'],
    ['number', 'Note: 34313535353530313030'],
    ['number', 'Note: 1455551000'],
    ['number', 'Note: \uff14\uff11\uff15\uff15\uff15\uff15\uff10\uff11\uff10\uff10'],
    ['number', 'Note: 41555\r\n 50100'],
    ['number', 'Note: 650-555-0199'],
    ['number', 'X-14155550100: x'],
    ['name', 'Note: JANE \\"jd\\" DOE'],
    ['name', 'Note: jane%20%22JD%22%20doe'],
    ['name', 'Note: <zoë>'],
    ['name', 'Note: Jane  "JD"\tDoe'],
    ['name', 'Contact: <sip:Alice.Smith@somewhere>'],
    ['address', 'Note: alice.smith@pbx.corp.example'],
    ['address', 'Note: sip:x@PBX.corp.example:5060'],
    ['address', 'Note: ip-192-0-2-7.cloud.example'],
    ['address', 'Note: <sip:x@192.0.2.7>'],
    ['address', 'Note: [2001:db8::7]:5060'],
    ['address', 'Note: eu.phone-7.corp.example'],
    ['call-id', 'Note: F81D4FAE7DEC11D0A76500A0C91E6BF6'],
    ['tag', 'Note: to-tag=1928301774'],
  ] as const)('a %s in "%s"', (kind, line) => {
    // The AOR's host is a secret only as an address of its own.
    const known = compileNeedles({
      ...secrets,
      addresses: [...secrets.addresses, 'pbx.corp.example'],
    });
    expect(inspectMessage(known, anInvite(parts, [line]))).toMatchObject({ field: 'header', kind });
  });

  it('what a JWT holds, as in Identity (RFC 8225)', () => {
    const part = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = (payload: object): string =>
      `${part({ alg: 'ES256' })}.${part(payload)}.AbCdEf012345`;
    expect(
      inHeader(`Identity: ${token({ orig: { tn: '14155550100' } })};info=<https://x>`),
    ).toEqual({
      field: 'header',
      headerName: 'Identity',
      kind: 'number',
    });
    expect(inHeader(`Identity: ${token({ rcd: { nam: 'Zoë' } })}`)?.kind).toBe('name');
    expect(inHeader(`Identity: ${token({ orig: { tn: '12125550123' } })}`)).toBeUndefined();
  });

  it.each([
    'o=4155550100 1 1 IN IP4 198.51.100.1',
    's=Jane "JD" Doe',
    'p=+1 415 555 0100',
    'a=X: 415 555 0100',
  ])('a line of SDP: %s', (line) => expect(inSdp(line)?.field).toBe('body'));

  it('a number in a body that is broken by quoted-printable', () => {
    expect(inspectMessage(needles, 'MESSAGE sip:x SIP/2.0\r\n\r\ncall 415=\r\n5550100')?.kind).toBe(
      'number',
    );
  });

  it('a start line', () => {
    const leak = { field: 'start-line', kind: 'number' };
    expect(inspectMessage(needles, 'SIP/2.0 404 4155550100 gone\r\n\r\n')).toEqual(leak);
    expect(inspectMessage(needles, 'BYE sip:+14155550100@x SIP/2.0\r\n\r\n')).toEqual(leak);
    expect(inspectMessage(needles, 'BYE sip:+14155550100@x SIP/2.0')).toEqual(leak);
  });

  it('the field but never its value, nor a field name that is the find', () => {
    expect(inHeader('X-Caller: 4155550100')).toEqual({
      field: 'header',
      headerName: 'X-Caller',
      kind: 'number',
    });
    expect(inHeader('X-4155550100: x')).toEqual({ field: 'header', kind: 'number' });
    expect(inHeader('Jane-Zo\u00eb-x: Zo\u00eb')).toEqual({ field: 'header', kind: 'name' });
  });
});

describe('with direct media', () => {
  const direct = compileNeedles({ ...secrets, directMedia: true });
  const at = (line: string): Leak | undefined =>
    inspectMessage(direct, anInvite(parts, [], anSdp(parts, [line])));

  it('the address of the other party may stand in c= and nowhere else', () => {
    expect(at('c=IN IP4 192.0.2.7')).toBeUndefined();
    expect(at('c=IN IP6 2001:db8::7')).toBeUndefined();
    expect(at('c=IN IP4 phone-7.corp.example')?.kind).toBe('address');
    expect(at('o=- 1 1 IN IP4 192.0.2.7')?.kind).toBe('address');
    expect(at('a=rtcp:5000 IN IP4 192.0.2.7')?.kind).toBe('address');
    expect(inSdp('c=IN IP4 192.0.2.7')?.kind).toBe('address');
  });

  it.each([
    ['in a header field that looks like a c= line', ['c=IN IP4 192.0.2.7'], ''],
    ['behind a c= line', [], 'c=IN IP4 192.0.2.7\r\na=x:192.0.2.7'],
    ['before a c= line', [], 'a=x:192.0.2.7\r\nc=IN IP4 192.0.2.7'],
    ['within a line', [], 'a=c=IN IP4 192.0.2.7'],
    [
      'encoded as what would be a c= line',
      [`X: ${Buffer.from('\nc=IN IP4 192.0.2.7').toString('base64')}`],
      '',
    ],
  ])('is found %s', (_, headers, line) => {
    const body = line === '' ? '' : anSdp(parts, [line]);
    expect(inspectMessage(direct, anInvite(parts, headers, body))?.kind).toBe('address');
  });
});

describe('what this leg rightly says is no secret', () => {
  const leakOf = (
    changes: Partial<LegSecrets>,
    permitted: Partial<LegSecrets['permitted']>,
    line: string,
  ) =>
    inspectMessage(
      compileNeedles(secretsWith(changes, permitted)),
      `OPTIONS sip:x SIP/2.0\r\n${line}\r\n\r\n`,
    );

  it('as a number of both parties', () => {
    const parties = [number('+14155550100')];
    expect(leakOf({ parties }, { parties }, 'Note: +14155550100')).toBeUndefined();
    expect(
      leakOf({ parties }, { dids: [did('+14155550100')] }, 'Note: 415-555-0100'),
    ).toBeUndefined();
  });

  it('as the tail that two numbers share', () => {
    const permitted = { parties: [number('+12125550100')] };
    const parties = [number('+14155550100')];
    expect(leakOf({ parties }, permitted, 'Note: 5550100')).toBeUndefined();
    expect(leakOf({ parties }, permitted, 'Note: 0012125550100')).toBeUndefined();
    expect(leakOf({ parties }, permitted, 'Note: 415 555 0100')?.kind).toBe('number');
  });

  it('as its own number behind a prefix, though nine digits are those of the other one', () => {
    const permitted = { parties: [number('+15155550100')] };
    const parties = [number('+14155550100')];
    expect(leakOf({ parties }, permitted, 'Note: 915155550100')).toBeUndefined();
    expect(leakOf({ parties }, permitted, 'Note: 914155550100')?.kind).toBe('number');
  });

  it('as a number that holds the other one by chance', () => {
    const permitted = { parties: [number('+441555501004')] };
    const parties = [number('+14155550100')];
    expect(leakOf({ parties }, permitted, 'To: <sip:+441555501004@x>')).toBeUndefined();
  });

  it('as a name, a host, an address, a Call-ID or a tag of its own', () => {
    const own = {
      names: ['Jane’s Taxi'],
      addresses: ['10.0.0.1', 'eu.pbx.example'],
      tags: ['abcdef123456'],
    };
    expect(leakOf({ names: ['jane'] }, own, 'Note: Jane’s Taxi')).toBeUndefined();
    expect(leakOf({ addresses: ['10.0.0.1'] }, own, 'Note: 10.0.0.1')).toBeUndefined();
    expect(leakOf({ addresses: ['pbx.example'] }, own, 'Note: eu.pbx.example')).toBeUndefined();
    expect(leakOf({ tags: ['abcdef123456'] }, own, 'Note: abcdef123456')).toBeUndefined();
  });

  it.each(['Authorization', 'Proxy-Authorization'])(
    'as the realm of the peer that asked for our credentials in %s',
    (name) => {
      const both = { addresses: ['sip.provider.example'], names: ['acme'] };
      const challenged = 'nonce="x", algorithm=MD5';
      const line = `${name}: Digest username="acme", realm="sip.provider.example", ${challenged}`;
      expect(leakOf(both, {}, line)).toBeUndefined();
      expect(leakOf(both, {}, `${line}, uri="sip:sip.provider.example"`)?.kind).toBe('address');
      expect(
        leakOf({ parties: [number('+14155550100')] }, {}, `${line}, x="4155550100"`)?.kind,
      ).toBe('number');
    },
  );
});

describe('the guard', () => {
  it('prints nothing of what it looks for', () => {
    for (const text of [inspect(needles, { depth: 9 }), JSON.stringify(needles)])
      expect(text).not.toMatch(/415|jane|192/i);
  });

  it('reads whatever it is given, at once', () => {
    const units = [
      '1',
      '1 ',
      '1-',
      '1.',
      '%',
      '%34',
      '\\',
      '=3',
      '=31',
      'A',
      'Ab1/',
      '\r\n',
      '\r\n ',
      ':',
      '1.2.3.4 ',
      'zoë',
      '(((1',
      '\t',
      'v=0\r\n',
      '\r\n\r\n',
      '192.0.2.7',
    ];
    const costOf = (unit: string, length: number): number => {
      const text = unit.repeat(length / unit.length);
      const before = process.cpuUsage();
      inspectMessage(needles, text);
      inspectMessage(needles, `INVITE x SIP/2.0\r\nX: ${text}\r\n\r\n${text}`);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    for (const unit of units) {
      const best = (length: number): number =>
        Math.min(...Array.from({ length: 3 }, () => costOf(unit, length)));
      // Four times the text may cost four times as much; backtracking would cost sixteen times. The
      // constant keeps costs apart that are too small to measure.
      expect(best(60_000)).toBeLessThan(10 * best(15_000) + 20_000);
    }
  });
});
