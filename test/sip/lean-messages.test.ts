import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leanParser, readMessagesLeanly, type SipParser } from '../../src/sip/lean-messages.js';

const inside = createRequire(createRequire(import.meta.url).resolve('drachtio-srf'));

interface SipMessage {
  readonly headers: Record<string, string>;
  get(name: string): string | undefined;
  has(name: string): boolean;
  set(name: string, value: string): SipMessage;
}
type SipMessageClass = new (raw?: string) => SipMessage;

/** The library loaded anew, as nobody has touched it; lean when asked. */
function load(how: 'own' | 'lean'): { parser: SipParser; Message: SipMessageClass } {
  const files = ['parser', 'message'].map((name) => inside.resolve(`./sip-parser/${name}`));
  const kept = files.map((file) => inside.cache[file]);
  for (const file of files) Reflect.deleteProperty(inside.cache, file);
  if (how === 'lean') readMessagesLeanly(inside);
  const parser = inside('./sip-parser/parser') as SipParser;
  const Message = inside('./sip-parser/message') as SipMessageClass;
  for (const [at, file] of files.entries()) inside.cache[file] = kept[at];
  return { parser, Message };
}

const own = load('own');
const lean = load('lean');

/** What a parser makes of a text, or that it throws. */
const read = (parser: SipParser, raw: string): unknown => {
  try {
    return parser.parseSipMessage(raw, true);
  } catch (error) {
    return String(error);
  }
};

const INVITE = [
  'INVITE sip:+12025550111@192.0.2.1;user=phone SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1',
  'Via: SIP/2.0/TCP [2001:db8::9];branch=z9hG4bK0',
  'f: "Ann, of \\"X\\"" <sip:a@192.0.2.9>;tag=1',
  'To: <sip:b@192.0.2.1>',
  'i: c1@192.0.2.9',
  'CSeq: 1 INVITE',
  'm: <sip:a@192.0.2.9>',
  'X-Odd-Case: one',
  'P-Charge-Info: two',
  'p-charge-info: three',
  'Content-Type: application/sdp',
  'Content-Length: 8',
];
const message = (lines: readonly string[], body = 'v=0\r\nä\r\n'): string =>
  `${lines.join('\r\n')}\r\n\r\n${body}`;
const withLine = (line: string): string => message([INVITE[0]!, line, ...INVITE.slice(1)]);

describe('messages are read as drachtio-srf itself reads them', () => {
  it.each([
    ['a request', message(INVITE)],
    ['a response', message(['SIP/2.0 200 OK', ...INVITE.slice(1)], '')],
    ['a response of a long phrase', message(['SIP/2.0 480 Temporarily  Unavailable ', 'To: x'])],
    ['a response without a phrase', message(['SIP/2.0 200 ', 'To: x'])],
    ['a folded line', withLine('Subject: a\r\n  b')],
    ['spaces around the colon', withLine('Subject \t:\t  a ')],
    ['an odd space before the value', withLine('Subject: \u00a0a')],
    ['an empty value', withLine('Subject:')],
    ['an empty value and one more', withLine('Subject:  \r\nSubject: b')],
    ['a name of the prototype', withLine('constructor: x\r\nConstructor: y')],
    ['an escaped name', withLine('Sub%6aect: x')],
    ['no colon', withLine('Subject')],
    ['no name', withLine(': x')],
    ['a lone line feed', withLine('Subject: a\nTo: b')],
    ['several lengths', withLine('Content-Length: 3')],
    ['no length', message(INVITE.slice(0, -1), 'v=0\r\n\r\nrest')],
    ['a length that is none', message([...INVITE.slice(0, -1), 'Content-Length: x'])],
    ['a length below zero', message([...INVITE.slice(0, -1), 'Content-Length: -3'])],
    ['an empty length', message([...INVITE.slice(0, -1), 'Content-Length:'], 'a\r\n\r\nb')],
    ['a length that cuts', message([...INVITE.slice(0, -1), 'Content-Length: 2'])],
    [
      'several parts',
      message(
        ['INFO sip:a@b SIP/2.0', 'Content-Type: multipart/mixed;boundary="x"'],
        '--x\r\nContent-Type: text/plain\r\n\r\na\r\n--x--\r\n',
      ),
    ],
    ['no header', 'OPTIONS sip:a@b SIP/2.0\r\n\r\n'],
    ['no blank line', INVITE.join('\r\n')],
    ['a strange version', message(['INVITE sip:a SIP/3.0', 'To: x'])],
    ['nothing', ''],
    ['blank lines only', '\r\n\r\n\r\n\r\n'],
  ])('%s', (_, raw) => {
    expect(read(lean.parser, raw)).toEqual(read(own.parser, raw));
  });

  it('whatever is changed in them', () => {
    const pieces = fc.constantFrom(
      ...['\r\n', '\r', '\n', ' ', '\t', ':', ',', ';', '%', '<', '"', '\u00a0', 'é', '0', '-'],
      ...['X-A: 1\r\n', 'Content-Length: 4\r\n', 'l: 2\r\n', '\r\n\r\n', 'SIP/2.0 ', 'multipart/'],
    );
    const change = fc.record({ at: fc.nat(600), drop: fc.nat(3), piece: pieces });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.boolean(), (changes, response) => {
        let raw = message(response ? ['SIP/2.0 180 Ringing', ...INVITE.slice(1)] : INVITE);
        for (const { at, drop, piece } of changes) {
          const place = at % raw.length;
          raw = raw.slice(0, place) + piece + raw.slice(place + drop);
        }
        expect(read(lean.parser, raw)).toEqual(read(own.parser, raw));
      }),
      { numRuns: 3000 },
    );
  });

  it('and a reader that is wrong in one letter would be found', () => {
    const wrong = leanParser({ ...own.parser, getHeaderName: (name) => name.toLowerCase() });
    expect(read(wrong, message(INVITE))).not.toEqual(read(own.parser, message(INVITE)));
  });

  it('takes the usual message by the short way, and gives others to the library', () => {
    const asked: string[] = [];
    const parser = leanParser({
      ...own.parser,
      parseSipMessage: (raw) => {
        asked.push(raw);
        return undefined;
      },
    });
    parser.parseSipMessage(message(INVITE), true);
    expect(asked).toEqual([]);
    parser.parseSipMessage(withLine('Subject: a\r\n b'), true);
    parser.parseSipMessage(message(INVITE), false);
    expect(asked).toHaveLength(2);
  });
});

describe('header fields are found as drachtio-srf itself finds them', () => {
  const NAMES = ['Contact', 'contact', 'CONTACT', 'm', 'X-Foo', 'x-foo', 'P-A', 'p-a', 'Via', 'i'];

  it('in whatever order and case they were set', () => {
    const step = fc.record({
      name: fc.constantFrom(...NAMES),
      value: fc.constantFrom('1', '', '2'),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 8 }),
        fc.array(step, { maxLength: 3 }),
        (set, held) => {
          const [a, b] = [own, lean].map(({ Message }) => {
            const made = new Message();
            for (const { name, value } of held) made.headers[name] = value;
            for (const { name, value } of set) made.set(name, value);
            return {
              headers: { ...made.headers },
              found: NAMES.map((name) => [made.get(name), made.has(name)]),
            };
          });
          expect(b).toEqual(a);
        },
      ),
      { numRuns: 500 },
    );
  });
});

it('does not write a message as JSON, whose only reader would be a trace', () => {
  expect(JSON.stringify(new lean.Message(message(INVITE)))).toBe('"SipMessage"');
});

it('has been compared with the version of drachtio-srf that is installed', () => {
  const manifest = readFileSync(inside.resolve('../package.json'), 'utf8');
  expect((JSON.parse(manifest) as { version: string }).version).toBe('5.0.29');
});
