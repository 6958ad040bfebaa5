import { describe, expect, it } from 'vitest';
import { allHeaders, firstHeader } from '../../../../src/embedded/sip-server/message/headers.js';
import { defaultLimits } from '../../../../src/embedded/sip-server/message/limits.js';
import {
  orParseError,
  ParseError,
} from '../../../../src/embedded/sip-server/message/parse-error.js';
import { parseMessage } from '../../../../src/embedded/sip-server/message/parse.js';
import type { SipMessage } from '../../../../src/embedded/sip-server/message/sip-message.js';
import { optionsRequest, wire } from './builders.js';

function refused(bytes: Buffer): ParseError {
  const result = orParseError(() => parseMessage(bytes));
  expect(result).toBeInstanceOf(ParseError);
  return result as ParseError;
}

function headerOf(message: SipMessage, name: string): string | undefined {
  return firstHeader(message, name);
}

describe('a well-formed message', () => {
  it('gives a request with its method, URI and fields in order', () => {
    const message = parseMessage(optionsRequest({ more: ['X-Odd: 1', 'Content-Length: 0'] }));
    expect(message).toMatchObject({
      kind: 'request',
      method: 'OPTIONS',
      uri: 'sip:ping@192.0.2.1',
    });
    expect(message.headers.map((field) => field.name)).toEqual([
      'Via',
      'From',
      'To',
      'Call-ID',
      'CSeq',
      'X-Odd',
      'Content-Length',
    ]);
  });

  it('gives a response with its status and reason', () => {
    const message = parseMessage(optionsRequest({ startLine: 'SIP/2.0 486 Busy Here' }));
    expect(message).toMatchObject({ kind: 'response', status: 486, reason: 'Busy Here' });
  });

  it.each([
    ['SIP/2.0 200 ', ''],
    ['SIP/2.0 200', ''],
    ['SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять', '= 2**3 * 5**2 но сто девяносто девять'],
  ])('takes the status line %j', (startLine, reason) => {
    expect(parseMessage(optionsRequest({ startLine }))).toMatchObject({ status: 200, reason });
  });

  it('takes another method for what it is, lower case included', () => {
    const bytes = optionsRequest({
      startLine: 'invite sip:a@b.example SIP/2.0',
      cseq: ['CSeq: 1 invite'],
    });
    expect(parseMessage(bytes)).toMatchObject({ method: 'invite' });
  });

  it('joins folded lines with one space', () => {
    const message = parseMessage(
      optionsRequest({ more: ['Subject: first\r\n\t  second\r\n   third', 'Content-Length: 0'] }),
    );
    expect(headerOf(message, 'Subject')).toBe('first second third');
  });

  it('gives compact and lower-case names their long form', () => {
    const message = parseMessage(
      wire([
        'OPTIONS sip:a@b.example SIP/2.0',
        'v: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKa1',
        'f: <sip:a@example.com>;tag=1',
        't: <sip:b@example.com>',
        'i: call',
        'cseq: 1 OPTIONS',
        'k: timer',
        'l: 0',
      ]),
    );
    expect(message.headers.map((field) => field.name)).toEqual([
      'Via',
      'From',
      'To',
      'Call-ID',
      'CSeq',
      'Supported',
      'Content-Length',
    ]);
  });

  it('keeps repeated fields apart and in order', () => {
    const message = parseMessage(
      optionsRequest({ more: ['Route: <sip:one;lr>', 'route: <sip:two;lr>, <sip:three;lr>'] }),
    );
    expect(allHeaders(message, 'Route')).toEqual(['<sip:one;lr>', '<sip:two;lr>, <sip:three;lr>']);
  });

  it('skips empty lines in front', () => {
    const bytes = Buffer.concat([Buffer.from('\r\n\r\n'), optionsRequest()]);
    expect(parseMessage(bytes).kind).toBe('request');
  });

  it('replaces bytes that are no UTF-8 and goes on', () => {
    const bytes = Buffer.from(
      optionsRequest({ from: ['From: "\xff\xfe" <sip:a@example.com>;tag=1'] }).toString('utf8'),
      'latin1',
    );
    expect(headerOf(parseMessage(bytes), 'From')).toContain('\ufffd');
  });
});

describe('the body of a datagram', () => {
  it('ends where Content-Length says, and what follows is ignored', () => {
    const message = parseMessage(optionsRequest({ more: ['Content-Length: 3'], body: 'abcdef' }));
    expect(message.body.toString()).toBe('abc');
  });

  it('goes on to the end when nothing says otherwise', () => {
    expect(parseMessage(optionsRequest({ more: [], body: 'abc' })).body.toString()).toBe('abc');
  });

  it('is counted in bytes, not in characters', () => {
    const message = parseMessage(optionsRequest({ more: ['Content-Length: 4'], body: 'ёжик' }));
    expect(message.body.toString()).toBe('ёж');
  });

  it.each(['4', '99999999999999999999999', '+3', '-3', '0x3', '3 3', '3, 3', '', '3.0'])(
    'is refused when Content-Length is %j for three bytes',
    (length) => {
      const bytes = optionsRequest({ more: [`Content-Length: ${length}`], body: 'abc' });
      const error = refused(bytes);
      expect(error.status).toBe(400);
      expect(error.answerable).toBeDefined();
    },
  );

  it('is refused when its length is said twice, long and compact', () => {
    const bytes = optionsRequest({ more: ['Content-Length: 3', 'l: 3'], body: 'abc' });
    expect(refused(bytes).status).toBe(400);
  });
});

describe('a broken request', () => {
  it.each([
    ['two From fields', { from: ['From: <sip:a@x>;tag=1', 'f: <sip:b@x>;tag=2'] }],
    ['two To fields', { to: ['To: <sip:a@x>', 't: <sip:b@x>'] }],
    ['two Call-IDs', { callId: ['Call-ID: 1', 'i: 2'] }],
    ['two CSeqs', { cseq: ['CSeq: 1 OPTIONS', 'CSeq: 2 OPTIONS'] }],
    ['no From', { from: [] }],
    ['no To', { to: [] }],
    ['no Call-ID', { callId: [] }],
    ['no CSeq', { cseq: [] }],
    ['a blank in Call-ID', { callId: ['Call-ID: a b'] }],
    ['an empty Call-ID', { callId: ['Call-ID:'] }],
    ['a CSeq of 2**31', { cseq: ['CSeq: 2147483648 OPTIONS'] }],
    ['a negative CSeq', { cseq: ['CSeq: -1 OPTIONS'] }],
    ['a CSeq without a method', { cseq: ['CSeq: 1'] }],
    ['the method of another request in CSeq', { cseq: ['CSeq: 1 INVITE'] }],
    ['Max-Forwards that is no number', { more: ['Max-Forwards: many'] }],
    ['Max-Forwards of 300', { more: ['Max-Forwards: 300'] }],
    ['Max-Forwards twice', { more: ['Max-Forwards: 5', 'Max-Forwards: 6'] }],
    ['an open quote in To', { to: ['To: "Mr. Watson <sip:w@example.org>'] }],
    ['an open bracket in From', { from: ['From: <sip:a@example.org;tag=1'] }],
    ['a field without a colon', { more: ['Subject'] }],
    ['a field name that is no token', { more: ['Sub ject: x'] }],
    ['a field without a name', { more: [': x'] }],
    ['a bare CR in a value', { more: ['Subject: a\rb'] }],
    ['a bare LF in a value', { more: ['Subject: a\nX-Forged: b'] }],
    ['a bare LF in a quoted string', { from: ['From: "a\nb" <sip:a@x>;tag=1'] }],
    ['a NUL in a value', { more: ['Subject: a\0b'] }],
    ['a NUL behind an escaped backslash', { more: ['Subject: "a\\\\\0b"'] }],
    ['an empty element in the top Via', { via: ['Via: SIP/2.0/UDP 192.0.2.15;;,;,,'] }],
    ['port 0 in Via', { via: ['Via: SIP/2.0/UDP 192.0.2.15:0;branch=z9hG4bKx'] }],
    ['port 99999 in Via', { via: ['Via: SIP/2.0/UDP 192.0.2.15:99999;branch=z9hG4bKx'] }],
    ['a malformed Contact', { more: ['Contact: sip:a@x.example?Route=%3Csip:y%3E'] }],
    ['a blank in the Request-URI', { startLine: 'OPTIONS sip:a@b; lr SIP/2.0' }],
    ['brackets around the Request-URI', { startLine: 'OPTIONS <sip:a@b> SIP/2.0' }],
    ['two blanks in the request line', { startLine: 'OPTIONS  sip:a@b SIP/2.0' }],
    ['a blank behind the version', { startLine: 'OPTIONS sip:a@b SIP/2.0 ' }],
    ['no Request-URI', { startLine: 'OPTIONS SIP/2.0' }],
    ['a Request-URI without a scheme', { startLine: 'OPTIONS 12345 SIP/2.0' }],
    ['port 0 in the Request-URI', { startLine: 'OPTIONS sip:a@b:0 SIP/2.0' }],
  ])('with %s earns 400 and can be answered', (_what, parts) => {
    const error = refused(optionsRequest(parts));
    expect(error.status).toBe(400);
    expect(error.answerable?.headers[0]?.name).toBe('Via');
  });

  it.each([
    ['no Contact', [] as string[]],
    ['a Contact of *', ['Contact: *']],
    ['two Contacts', ['Contact: <sip:a@x>, <sip:b@x>']],
  ])('INVITE with %s earns 400', (_what, more) => {
    const bytes = optionsRequest({
      startLine: 'INVITE sip:a@b.example SIP/2.0',
      cseq: ['CSeq: 1 INVITE'],
      more,
    });
    const error = refused(bytes);
    expect(error.status).toBe(400);
    expect(error.detail).toContain('Contact');
  });

  it('of another version earns 505', () => {
    const error = refused(optionsRequest({ startLine: 'OPTIONS sip:a@b SIP/7.0' }));
    expect(error.status).toBe(505);
    expect(error.answerable).toBeDefined();
  });

  it('with lines that end in LF alone earns 400', () => {
    const bytes = Buffer.from(optionsRequest().toString().replaceAll('\r\n', '\n'));
    const error = refused(bytes);
    expect(error.status).toBe(400);
    expect(error.answerable?.headers).toHaveLength(5);
  });

  it('whose header fields do not end earns 400', () => {
    const error = refused(optionsRequest().subarray(0, -2));
    expect(error.status).toBe(400);
    expect(error.answerable?.headers).toHaveLength(5);
  });

  it('without Via cannot be answered', () => {
    expect(refused(optionsRequest({ via: [] })).answerable).toBeUndefined();
  });

  it('is not answered when it is an ACK', () => {
    const bytes = optionsRequest({ startLine: 'ACK sip:a@b SIP/2.0', cseq: ['CSeq: 1 INVITE'] });
    expect(refused(bytes).answerable).toBeUndefined();
  });

  it('is answered from fields that cannot break our answer', () => {
    const error = refused(
      optionsRequest({
        from: ['From: <sip:a@x>;tag=1\rX-Forged: yes'],
        callId: ['Call-ID: a\0b'],
        cseq: ['CSeq: 1 OPTIONS'],
      }),
    );
    const values = error.answerable?.headers.map((field) => field.value).join('');
    expect(values).not.toMatch(/[\r\n\0]/);
    expect(error.answerable?.headers.map((field) => field.name)).not.toContain('X-Forged');
  });
});

describe('a broken response', () => {
  it.each([
    ['SIP/2.0 4294967301 better not break the receiver'],
    ['SIP/2.0 99 Low'],
    ['SIP/2.0 700 High'],
    ['SIP/3.0 200 OK'],
    ['SIP/2.0 2x0 OK'],
  ])('such as %j is dropped', (startLine) => {
    expect(refused(optionsRequest({ startLine })).answerable).toBeUndefined();
  });
});

describe('what is no SIP at all', () => {
  it.each([
    ['an empty datagram', ''],
    ['a keep-alive', '\r\n\r\n'],
    ['a NUL keep-alive', '\0\0\0\0'],
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\nVia: 1.1 proxy\r\n\r\n'],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['STUN', '\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl'],
    ['a lone word', 'hello'],
    ['a header without a start line', 'Via: SIP/2.0/UDP x\r\n\r\n'],
    ['a folded request line', 'OPTIONS sip:a@b\r\n SIP/2.0\r\nVia: SIP/2.0/UDP x\r\n\r\n'],
    ['noise', '\x80\xff\xfe\x01~~~'],
  ])('%s is met with silence', (_what, text) => {
    expect(refused(Buffer.from(text, 'latin1')).answerable).toBeUndefined();
  });
});

describe('a message beyond the limits', () => {
  const filler = (count: number): string => 'x'.repeat(count);

  it.each([
    [513, 'in all', { more: ['Content-Length: 66000'], body: filler(66_000) }],
    [513, 'in its number of fields', { more: Array<string>(2_000).fill('X-A: 1') }],
    [513, 'in its number of Vias', { via: Array<string>(400).fill('Via: SIP/2.0/UDP h;branch=1') }],
    [400, 'in one field', { more: [`X-Long: ${filler(60_000)}`] }],
    [400, 'in one folded field', { more: [`X-Long: ${'a\r\n '.repeat(9_000)}`] }],
    [414, 'in its Request-URI', { startLine: `OPTIONS sip:${filler(8_192)}@b SIP/2.0` }],
  ])('earns %i when it is too long %s', (status, _what, parts) => {
    const error = refused(optionsRequest(parts));
    expect(error.status).toBe(status);
    expect(error.answerable).toBeDefined();
  });

  it('is answered with no more Vias than a datagram holds', () => {
    const via = Array<string>(400).fill('Via: SIP/2.0/UDP h;branch=1');
    expect(refused(optionsRequest({ via })).answerable?.headers.length).toBeLessThan(80);
  });

  it('can be made acceptable by wider limits', () => {
    const bytes = optionsRequest({ more: Array<string>(2_000).fill('X-A: 1') });
    const limits = { ...defaultLimits, headerFields: 3_000 };
    expect(parseMessage(bytes, limits).headers).toHaveLength(2_005);
  });

  it.each([
    ['a display name of 8 kB', { from: [`From: "${filler(8_000)}" <sip:a@x>;tag=1`] }],
    ['a branch of 4 kB', { via: [`Via: SIP/2.0/UDP h;branch=z9hG4bK${filler(4_096)}`] }],
    ['3000 parameters', { to: [`To: <sip:a@x>${';p'.repeat(3_000)}`] }],
  ])('is not one with %s', (_what, parts) => {
    expect(parseMessage(optionsRequest(parts)).kind).toBe('request');
  });
});
