import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../src/embedded/sip-server/message/limits.js';
import {
  StreamFramer,
  type Framed,
} from '../../../../src/embedded/sip-server/transport/stream-framer.js';
import { optionsRequest } from '../message/builders.js';

function numbered(sequence: number, body = ''): Buffer {
  return optionsRequest({
    cseq: [`CSeq: ${sequence} OPTIONS`],
    more: [`Content-Length: ${Buffer.byteLength(body)}`],
    body,
  });
}

function feed(framer: StreamFramer, bytes: Buffer, cuts: readonly number[]): Framed[] {
  const framed: Framed[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    if (cut <= from) continue;
    framed.push(...framer.push(Buffer.from(bytes.subarray(from, cut))));
    from = cut;
  }
  return framed;
}

function whole(bytes: Buffer): Framed[] {
  return new StreamFramer(defaultLimits).push(bytes);
}

/** What can be compared: sizes, texts, statuses. */
function summary(framed: readonly Framed[]): unknown[] {
  return framed.map((item) => {
    if (item.kind === 'ping') return 'ping';
    if (item.kind === 'refused') {
      return [
        item.error.status,
        item.error.detail,
        item.fatal,
        item.error.answerable,
        item.raw.length,
      ];
    }
    return [item.bytes, item.message];
  });
}

describe('a stream', () => {
  it('of 50 messages in one chunk gives 50 messages', () => {
    const bytes = Buffer.concat(Array.from({ length: 50 }, (_, at) => numbered(at + 1, 'body')));
    const framed = whole(bytes);
    expect(framed).toHaveLength(50);
    expect(framed.every((item) => item.kind === 'message')).toBe(true);
  });

  it('fed byte by byte gives the same', () => {
    const bytes = Buffer.concat([numbered(1, 'ä'), Buffer.from('\r\n\r\n'), numbered(2)]);
    const cuts = Array.from({ length: bytes.length }, (_, at) => at);
    const framed = feed(new StreamFramer(defaultLimits), bytes, cuts);
    expect(summary(framed)).toEqual(summary(whole(bytes)));
    expect(framed.map((item) => item.kind)).toEqual(['message', 'ping', 'message']);
  });

  it('cut anywhere gives the same, good messages, bad ones and noise alike', () => {
    const piece = fc.constantFrom(
      numbered(1),
      numbered(2, 'some body'),
      Buffer.from('\r\n'),
      Buffer.from('\r\n\r\n'),
      optionsRequest({ from: [] }),
      optionsRequest({ cseq: ['CSeq: 1 BYE'], more: ['Content-Length: 3'], body: 'abc' }),
      optionsRequest({ more: [] }),
      optionsRequest({ more: ['Content-Length: 2000000000'] }),
      optionsRequest({ more: ['Content-Length: +5'] }),
      optionsRequest({ startLine: 'OPTIONS sip:a@b SIP/7.0' }),
      Buffer.from(numbered(3).toString().replaceAll('\r\n', '\n')),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from('\x16\x03\x01', 'latin1'),
      Buffer.from('\n\r'),
    );
    const pieces = fc.array(piece, { minLength: 1, maxLength: 8 }).map((all) => Buffer.concat(all));
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(3_000), { maxLength: 40 }), (bytes, cuts) => {
        const sorted = cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b);
        const framed = feed(new StreamFramer(defaultLimits), bytes, sorted);
        expect(summary(framed)).toEqual(summary(whole(bytes)));
      }),
      { numRuns: 600 },
    );
  });

  it('cut anywhere is too large at the same byte', () => {
    const limits = { ...defaultLimits, messageBytes: 400 };
    const bytes = optionsRequest({ more: [`X-Long: ${'x'.repeat(800)}`, 'Content-Length: 0'] });
    const framed = new StreamFramer(limits).push(bytes);
    expect(framed).toMatchObject([
      { kind: 'refused', fatal: true, error: { status: 513, answerable: { kind: 'request' } } },
    ]);
    const reference = summary(framed);
    for (const step of [1, 7, 399, 400, 401, 402]) {
      const cuts = Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) => at * step);
      expect(summary(feed(new StreamFramer(limits), bytes, cuts))).toEqual(reference);
    }
  });

  it('tells a double CRLF from a single one, and neither from the middle of a message', () => {
    const bytes = Buffer.concat([
      Buffer.from('\r\n'),
      numbered(1, '\r\n\r\n'),
      Buffer.from('\r\n\r\n\r\n\r\n\r\n'),
      numbered(2),
    ]);
    expect(whole(bytes).map((item) => item.kind)).toEqual(['message', 'ping', 'ping', 'message']);
  });

  it('knows whether a message has begun', () => {
    const framer = new StreamFramer(defaultLimits);
    expect(framer.midMessage).toBe(false);
    framer.push(Buffer.from('OPTIONS'));
    expect(framer.midMessage).toBe(true);
    framer.push(numbered(1).subarray(7));
    expect(framer.midMessage).toBe(false);
  });

  it('hands out bodies that later bytes do not change', () => {
    const framer = new StreamFramer(defaultLimits);
    const bytes = Buffer.concat([numbered(1, 'first'), numbered(2, 'other')]);
    const framed = feed(framer, bytes, [10, 100, 190, bytes.length - 2]);
    const bodies = framed.map((item) => (item.kind === 'message' ? item.message.body : undefined));
    expect(bodies.map(String)).toEqual(['first', 'other']);
  });
});

describe('a stream has to be closed', () => {
  it.each([
    ['without Content-Length', 400, optionsRequest({ more: [] })],
    ['for 2 GB', 513, optionsRequest({ more: ['Content-Length: 2147483648'] })],
    ['for more than can be counted', 513, optionsRequest({ more: [`l: ${'9'.repeat(40)}`] })],
    ['for 300 kB', 513, optionsRequest({ more: ['Content-Length: 300000'], body: 'x' })],
    [
      'for an endless header',
      513,
      Buffer.concat([optionsRequest().subarray(0, -2), Buffer.alloc(70_000, 'x')]),
    ],
    ['for lines that end in LF', 400, Buffer.from(numbered(1).toString().replaceAll('\r\n', '\n'))],
  ])('%s, after %i', (_why, status, bytes) => {
    const framer = new StreamFramer(defaultLimits);
    const [first, ...rest] = framer.push(bytes);
    expect(first).toMatchObject({ kind: 'refused', fatal: true, error: { status } });
    expect(first?.kind === 'refused' && first.error.answerable).toBeTruthy();
    expect(rest).toEqual([]);
    expect(framer.push(numbered(1))).toEqual([]);
    expect(framer.midMessage).toBe(false);
  });

  it.each(['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x02', '\0\0\0\0'])(
    'in silence after %j',
    (text) => {
      const [first] = whole(Buffer.from(text, 'latin1'));
      expect(first).toMatchObject({
        kind: 'refused',
        fatal: true,
        error: { answerable: undefined },
      });
    },
  );

  it('but not for a bad request whose end is known', () => {
    const bad = optionsRequest({ from: [], more: ['Content-Length: 3'], body: 'abc' });
    const framed = whole(Buffer.concat([bad, numbered(2)]));
    expect(framed).toMatchObject([{ kind: 'refused', fatal: false }, { kind: 'message' }]);
  });
});

describe('feeding a large message byte by byte', () => {
  it('takes no more than a moment', () => {
    const framer = new StreamFramer(defaultLimits);
    const bytes = optionsRequest({ more: ['Content-Length: 60000'], body: 'x'.repeat(60_000) });
    const started = performance.now();
    let count = 0;
    for (let at = 0; at < bytes.length; at += 1)
      count += framer.push(bytes.subarray(at, at + 1)).length;
    expect(count).toBe(1);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
