import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalName } from '../../../../src/embedded/sip-server/message/header-names.js';
import {
  parseNameAddr,
  stringifyNameAddr,
} from '../../../../src/embedded/sip-server/message/name-addr.js';
import {
  orParseError,
  ParseError,
} from '../../../../src/embedded/sip-server/message/parse-error.js';
import { parseMessage } from '../../../../src/embedded/sip-server/message/parse.js';
import { serialize } from '../../../../src/embedded/sip-server/message/serialize.js';
import type {
  HeaderField,
  SipMessage,
} from '../../../../src/embedded/sip-server/message/sip-message.js';
import { parseUri, stringifyUri } from '../../../../src/embedded/sip-server/message/uri.js';
import { parseVia, stringifyVia } from '../../../../src/embedded/sip-server/message/via.js';
import { optionsRequest } from './builders.js';

const essential = new Set(['via', 'from', 'to', 'call-id', 'cseq', 'contact', 'max-forwards']);
const word = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,12}$/);
const text = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .map((value) => value.replace(/[\0\r\n]/g, ' ').replace(/^[ \t]+|[ \t]+$/g, ''))
  .filter((value) => !/\p{Surrogate}/u.test(value));

const extra: fc.Arbitrary<HeaderField[]> = fc.array(
  fc
    .record({ name: word.map(canonicalName), value: text })
    .filter(({ name }) => !essential.has(name.toLowerCase()) && name !== 'Content-Length'),
  { maxLength: 8 },
);

const message: fc.Arbitrary<SipMessage> = fc
  .record({
    method: word.filter((method) => method !== 'INVITE'),
    status: fc.option(fc.integer({ min: 100, max: 699 })),
    reason: text,
    user: word.map(encodeURIComponent),
    sequence: fc.nat(),
    extra,
    body: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
  })
  .map(({ method, status, reason, user, sequence, extra, body }) => {
    const headers = [
      { name: 'Via', value: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1' },
      { name: 'From', value: `<sip:${user}@example.com>;tag=1` },
      { name: 'To', value: '<sip:b@example.com>' },
      { name: 'Call-ID', value: `${user}@x` },
      { name: 'CSeq', value: `${sequence} ${method}` },
      ...extra,
      { name: 'Content-Length', value: String(body.length) },
    ];
    return status === null
      ? { kind: 'request', method, uri: `sip:${user}@example.com`, headers, body }
      : { kind: 'response', status, reason, headers, body };
  });

describe('whatever the message', () => {
  it('it is read as it was written', () => {
    fc.assert(
      fc.property(message, (given) => {
        expect(parseMessage(serialize(given))).toEqual(given);
      }),
      { numRuns: 400 },
    );
  });

  it('bytes of any kind give a message or a ParseError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        orParseError(() => parseMessage(Buffer.from(bytes)));
      }),
      { numRuns: 500 },
    );
  });

  it('a message with any bytes overwritten gives a message or a ParseError we can answer safely', () => {
    const original = optionsRequest({
      more: ['Max-Forwards: 70', 'Content-Length: 4'],
      body: 'body',
    });
    const patch = fc.tuple(
      fc.nat(original.length - 1),
      fc.uint8Array({ minLength: 1, maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(patch, { minLength: 1, maxLength: 5 }), (patches) => {
        const bytes = Buffer.from(original);
        for (const [at, piece] of patches) Buffer.from(piece).copy(bytes, at);
        const result = orParseError(() => parseMessage(bytes));
        const fields = result instanceof ParseError ? result.answerable?.headers : result.headers;
        for (const field of fields ?? []) expect(field.value).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 1_500 },
    );
  });
});

describe('whatever the value', () => {
  const odd = fc.string({
    unit: fc.constantFrom(...Array.from('a1"\\<>;,:=@?[]/. \t%+&SIPsip2.0UDP')),
    maxLength: 40,
  });
  const likely = fc.oneof(
    odd,
    odd.map((tail) => `sip:${tail}`),
    odd.map((tail) => `"x" <sip:a@b>;${tail}`),
    odd.map((tail) => `SIP/2.0/UDP ${tail}`),
  );

  it('an address, a URI or a Via that can be read is written so that it reads the same', () => {
    fc.assert(
      fc.property(likely, (value) => {
        const address = parseNameAddr(value);
        if (address) expect(parseNameAddr(stringifyNameAddr(address))).toEqual(address);
        const uri = parseUri(value);
        if (uri) expect(parseUri(stringifyUri(uri))).toEqual(uri);
        const via = parseVia(value);
        if (via) expect(parseVia(stringifyVia(via))).toEqual(via);
      }),
      { numRuns: 4_000 },
    );
  });

  it('any display name comes back', () => {
    fc.assert(
      fc.property(text, (displayName) => {
        const address = { displayName, uri: 'sip:a@b', params: new Map() };
        expect(parseNameAddr(stringifyNameAddr(address))).toEqual(address);
      }),
    );
  });
});

describe('whatever its size', () => {
  it.each([
    ['a run of backslashes', '\\'.repeat(8_000)],
    ['a run of quotes', '"'.repeat(8_000)],
    ['a run of brackets', '<'.repeat(8_000)],
    ['a run of semicolons', ';'.repeat(8_000)],
    ['a run of commas', ','.repeat(8_000)],
    ['a run of slashes', `SIP${' /'.repeat(4_000)}`],
    ['a run of dashes', `SIP/2.0/UDP ${'-'.repeat(8_000)}`],
    ['a run of dots', `SIP/2.0/UDP a${'.'.repeat(8_000)}-`],
  ])('%s is judged at once', (_what, run) => {
    const started = performance.now();
    for (const name of ['via', 'from', 'to', 'callId', 'cseq', 'more'] as const) {
      orParseError(() => parseMessage(optionsRequest({ [name]: [`${name}: ${run}`] })));
    }
    parseNameAddr(run);
    parseUri(run);
    parseVia(run);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
