import { describe, expect, it } from 'vitest';
import {
  cseqOf,
  parseCSeq,
  parseRAck,
  parseRSeq,
  stringifyCSeq,
  stringifyRAck,
} from '../../../../src/embedded/sip-server/message/cseq.js';
import {
  addressesOf,
  addressOf,
  contactsOf,
  parseNameAddr,
  stringifyNameAddr,
  tagOf,
} from '../../../../src/embedded/sip-server/message/name-addr.js';
import {
  parseParams,
  stringifyParams,
} from '../../../../src/embedded/sip-server/message/params.js';
import { quote, splitOutside, unquote } from '../../../../src/embedded/sip-server/message/text.js';
import {
  parseSeconds,
  parseSessionExpires,
  stringifySessionExpires,
  tokensOf,
} from '../../../../src/embedded/sip-server/message/tokens.js';

const holding = (name: string, ...values: string[]) => ({
  headers: values.map((value) => ({ name, value })),
});

describe('a list is cut at commas', () => {
  it.each([
    ['a, b ,c', ['a', 'b', 'c']],
    ['"a, b" <sip:x,y@z>, <sip:w;p="," >', ['"a, b" <sip:x,y@z>', '<sip:w;p="," >']],
    ['"quote \\" and, comma"', ['"quote \\" and, comma"']],
    ['', ['']],
  ])('outside quotes and brackets: %j', (value, parts) => {
    expect(splitOutside(value, ',')).toEqual(parts);
  });

  it.each(['"open', '<open', '"escaped end\\"'])('unless one is left open: %j', (value) => {
    expect(splitOutside(value, ',')).toBeUndefined();
  });

  it('and a quoted string gives back what was put in', () => {
    expect(unquote(quote('a "b" \\c'))).toBe('a "b" \\c');
  });
});

describe('parameters', () => {
  it('are named in lower case and keep their values as written', () => {
    const params = parseParams(' ; Tag = AbC;lr ; q="a;b" ;host=[2001:db8::1]');
    expect([...(params ?? [])]).toEqual([
      ['tag', 'AbC'],
      ['lr', undefined],
      ['q', '"a;b"'],
      ['host', '[2001:db8::1]'],
    ]);
  });

  it('of the same name: the first counts', () => {
    expect(parseParams(';tag=1;TAG=2')?.get('tag')).toBe('1');
  });

  it('may be called __proto__', () => {
    const params = parseParams(';__proto__=x') ?? new Map();
    expect(params.get('__proto__')).toBe('x');
    expect(stringifyParams(params)).toBe(';__proto__=x');
  });

  it.each([
    ';',
    ';;a',
    ';a=',
    ';=b',
    'a',
    ';a b',
    ';a=b c',
    ';a="open',
    ';a="b"c',
    ';a=<b>',
    ';a,b',
  ])('are malformed in %j', (text) => {
    expect(parseParams(text)).toBeUndefined();
  });
});

describe('CSeq', () => {
  it('is a number below 2**31 and a method', () => {
    expect(parseCSeq('0009   INVITE')).toEqual({ sequence: 9, method: 'INVITE' });
    expect(parseCSeq('2147483647 X')).toEqual({ sequence: 2 ** 31 - 1, method: 'X' });
    expect(cseqOf(holding('CSeq', '3 BYE'))).toEqual({ sequence: 3, method: 'BYE' });
    expect(cseqOf(holding('To', '3 BYE'))).toBeUndefined();
    expect(stringifyCSeq({ sequence: 3, method: 'BYE' })).toBe('3 BYE');
  });

  it.each([
    '',
    '1',
    'INVITE',
    '2147483648 INVITE',
    '1 INV ITE',
    '-1 INVITE',
    '1.0 INVITE',
    '1 <x>',
  ])('is malformed as %j', (value) => {
    expect(parseCSeq(value)).toBeUndefined();
  });
});

describe('RAck and RSeq', () => {
  it('name the provisional response and its request', () => {
    expect(parseRAck('776656 1 INVITE')).toEqual({ rseq: 776656, sequence: 1, method: 'INVITE' });
    expect(stringifyRAck({ rseq: 7, sequence: 1, method: 'INVITE' })).toBe('7 1 INVITE');
    expect(parseRSeq('4294967295')).toBe(4_294_967_295);
  });

  it.each(['', '1', '1 INVITE', '0 1 INVITE', 'x 1 INVITE', '4294967296 1 INVITE'])(
    'are malformed as %j',
    (value) => {
      expect(parseRAck(value)).toBeUndefined();
    },
  );
});

describe('an address', () => {
  it.each([
    ['sip:a@b.example;tag=x', undefined, 'sip:a@b.example', 'x'],
    ['<sip:a@b.example;lr>;tag=x', undefined, 'sip:a@b.example;lr', 'x'],
    ['Alice Doe <sip:a@b.example> ; tag = x', 'Alice Doe', 'sip:a@b.example', 'x'],
    ['caller<sip:a@b.example>;tag=x', 'caller', 'sip:a@b.example', 'x'],
    ['Müller (Büro) <sip:a@b.example>;tag=x', 'Müller (Büro)', 'sip:a@b.example', 'x'],
    ['"Doe, \\"A\\" \\\\" <sip:a@b.example>;tag=x', 'Doe, "A" \\', 'sip:a@b.example', 'x'],
    ['"" <sip:a@b.example>;tag=x', '', 'sip:a@b.example', 'x'],
    ['"<sip:fake@x>" <sip:a@b.example>;tag=x', '<sip:fake@x>', 'sip:a@b.example', 'x'],
    ['<tel:+15551234>;tag=x', undefined, 'tel:+15551234', 'x'],
    ['isbn:2983792873;tag=x', undefined, 'isbn:2983792873', 'x'],
  ])('is read from %j', (value, displayName, uri, tag) => {
    const address = parseNameAddr(value);
    expect(address).toMatchObject({ uri });
    expect(address?.displayName).toBe(displayName);
    expect(address?.params.get('tag')).toBe(tag);
    expect(parseNameAddr(stringifyNameAddr(address!))).toEqual(address);
  });

  it.each([
    '',
    '<>',
    'alice',
    '<alice>',
    '<sip:a@b',
    '"open <sip:a@b>',
    '"a" b <sip:a@b>',
    'Bell, Alexander <sip:a@b>',
    'a@b <sip:a@b>',
    '< sip:a@b >',
    'sip:a@b?Route=x',
    'sip:a,b@c',
    '<sip:a@b> junk',
    '<sip:a@b>;;',
  ])('is malformed as %j', (value) => {
    expect(parseNameAddr(value)).toBeUndefined();
  });

  it('is found in its header, with its tag', () => {
    const message = holding('f', '"A" <sip:a@b>;tag=T1');
    expect(addressOf(message, 'From')?.displayName).toBe('A');
    expect(tagOf(message, 'From')).toBe('T1');
    expect(tagOf(message, 'To')).toBeUndefined();
  });

  it('is found in lists, across lines', () => {
    const message = holding('Route', '<sip:a;lr>, <sip:b;lr>', '<sip:c;lr>');
    expect(addressesOf(message, 'Route')?.map((one) => one.uri)).toEqual([
      'sip:a;lr',
      'sip:b;lr',
      'sip:c;lr',
    ]);
    expect(addressesOf(holding('Route', '<sip:a;lr>, nonsense'), 'Route')).toBeUndefined();
    expect(addressesOf(holding('Route', '"open'), 'Route')).toBeUndefined();
  });

  it('in Contact may be every address', () => {
    expect(contactsOf(holding('m', '*'))).toBe('*');
    expect(contactsOf(holding('Contact', '<sip:a@b>'))).toHaveLength(1);
    expect(contactsOf(holding('Contact', '*, <sip:a@b>'))).toBeUndefined();
    expect(contactsOf({ headers: [] })).toEqual([]);
  });
});

describe('lists and durations', () => {
  it('tokens come from every line', () => {
    expect(tokensOf(holding('Require', '100rel, timer', ',path'), 'Require')).toEqual([
      '100rel',
      'timer',
      'path',
    ]);
    expect(tokensOf(holding('Require', '"no token"'), 'Require')).toBeUndefined();
  });

  it('Session-Expires says how long and who refreshes', () => {
    const value = parseSessionExpires('1800 ;refresher=UAS;x=1');
    expect(value).toMatchObject({ seconds: 1800, refresher: 'uas' });
    expect(stringifySessionExpires(value!)).toBe('1800;refresher=uas;x=1');
    expect(parseSessionExpires('90')).toMatchObject({ seconds: 90 });
    expect(parseSeconds('90;lr')).toBe(90);
  });

  it.each(['', 'soon', '-1', '4294967296', '90;refresher=me', '90;refresher', '90;'])(
    'Session-Expires is malformed as %j',
    (value) => {
      expect(parseSessionExpires(value)).toBeUndefined();
    },
  );
});
