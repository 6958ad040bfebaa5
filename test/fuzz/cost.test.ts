import { describe, expect, it } from 'vitest';
import { parseCSeq, parseRAck } from '../../src/embedded/sip-server/message/cseq.js';
import { contactsOf, parseNameAddr } from '../../src/embedded/sip-server/message/name-addr.js';
import { orParseError } from '../../src/embedded/sip-server/message/parse-error.js';
import { parseMessage } from '../../src/embedded/sip-server/message/parse.js';
import { serialize } from '../../src/embedded/sip-server/message/serialize.js';
import { parseSessionExpires, tokensOf } from '../../src/embedded/sip-server/message/tokens.js';
import { parseUri } from '../../src/embedded/sip-server/message/uri.js';
import { parseVia, viasOf } from '../../src/embedded/sip-server/message/via.js';
import { wire } from '../embedded/sip-server/message/builders.js';

/** The limits of size left aside, to see how the cost grows. */
const boundless = { messageBytes: 1e9, startLine: 1e9, headerFields: 1e9, headerLine: 1e9 };

const fields = [
  'Via',
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Contact',
  'Max-Forwards',
  'Content-Length',
  'X',
];

function messageWith(name: string, value: string): Buffer {
  const usual: Record<string, string> = {
    Via: 'SIP/2.0/UDP h;branch=z9hG4bK1',
    From: '<sip:a@b>;tag=1',
    To: '<sip:a@b>',
    'Call-ID': 'x',
    CSeq: '1 INVITE',
    Contact: '<sip:a@b>',
    [name]: value,
  };
  const lines = Object.entries(usual).map(([field, text]) => `${field}: ${text}`);
  return wire(['INVITE sip:a@b SIP/2.0', ...lines]);
}

const message = (bytes: Buffer): unknown => orParseError(() => parseMessage(bytes, boundless));
const listed = (value: string) => ({ headers: [{ name: 'Contact', value }] });

/** Everything that reads text from strangers. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  ...Object.fromEntries(
    fields.map((name) => [
      `a message with that in ${name}`,
      (text) => message(messageWith(name, text)),
    ]),
  ),
  'a message with that in its Request-URI': (text) =>
    message(wire([`INVITE sip:${text} SIP/2.0`, 'Via: x'])),
  'a message with that for a start line': (text) => message(wire([text, 'Via: x'])),
  'a message with that for a status line': (text) =>
    message(wire([`SIP/2.0 200 ${text}`, 'Via: x'])),
  'a message with that for a header': (text) =>
    message(wire(['INVITE sip:a@b SIP/2.0', text, 'Via: x'])),
  'a URI': parseUri,
  'a SIP URI': (text) => parseUri(`sip:${text}`),
  'a host of a SIP URI': (text) => parseUri(`sip:a@${text}`),
  'a tel URI': (text) => parseUri(`tel:${text}`),
  'an address': parseNameAddr,
  'an address in brackets': (text) => parseNameAddr(`<sip:${text}>`),
  'parameters of an address': (text) => parseNameAddr(`<sip:a@b>;${text}`),
  'a list of addresses': (text) => contactsOf(listed(text)),
  tokens: (text) => tokensOf(listed(text), 'Contact'),
  'a Via': parseVia,
  'the protocol of a Via': (text) => parseVia(`SIP/2.0/${text}`),
  'the sent-by of a Via': (text) => parseVia(`SIP/2.0/UDP a${text}b`),
  'the parameters of a Via': (text) => parseVia(`SIP/2.0/UDP a;x=${text}`),
  'a list of Vias': (text) => viasOf({ headers: [{ name: 'Via', value: text }] }),
  'a CSeq': parseCSeq,
  'a CSeq method': (text) => parseCSeq(`1 ${text}`),
  'a RAck': (text) => parseRAck(`1 ${text}`),
  'a session interval': parseSessionExpires,
  'a message we write': (text) =>
    serialize({
      kind: 'response',
      status: 200,
      reason: text,
      headers: [{ name: 'X', value: text }],
      body: Buffer.alloc(0),
    }),
};

const runs = [
  ...[
    '\\',
    '"',
    '<',
    '>',
    ';',
    ',',
    ' ',
    '\t',
    '-',
    '.',
    '/',
    ':',
    '=',
    '@',
    '?',
    '&',
    '%',
    '1',
    'a',
  ],
  ...[
    '[',
    ']',
    '\0',
    '\r',
    '\n',
    '\r\n',
    '\r\n ',
    '\\"',
    '\\\0',
    ' :',
    ': ',
    ';a',
    ';a=',
    ',"',
    '<>',
  ],
  ...[
    'a.',
    '.-',
    '1.',
    ' /',
    'SIP/2.0/',
    ' SIP/1.0',
    'a=b&',
    '::',
    ':0',
    'é',
    'sip:a@b,',
    '";',
    '%0',
  ],
];

const largest = 65_536;
/** Below this, in ms, nobody minds how it grows. */
const noticeable = 8;
const parts = 16;

/** Processor time, the least of three, in ms: what else a busy machine does only ever adds. */
function cost(read: (text: string) => unknown, text: string, times: number): number {
  const tries = [0, 1, 2].map(() => {
    const began = process.cpuUsage();
    for (let left = times; left > 0; left -= 1) read(text);
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1_000;
  });
  return Math.min(...tries);
}

/** How much dearer one text is than its parts, read one by one: 1 when it grows with the size. */
function growth(read: (text: string) => unknown, run: string): number {
  for (let size = 2_048; size <= largest; size *= 2) {
    const whole = cost(read, run.repeat(size / run.length), 1);
    if (whole < noticeable) continue;
    return whole / cost(read, run.repeat(size / parts / run.length), parts);
  }
  return 1;
}

describe('a long text costs about as much as its parts:', () => {
  it.each(Object.entries(readers))('%s', (_, read) => {
    // Quadratic would be 16.
    const steep = runs.filter((run) => growth(read, run) > 6 && growth(read, run) > 6);
    expect(steep).toEqual([]);
  });
});
