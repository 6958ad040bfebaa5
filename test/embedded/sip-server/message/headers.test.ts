import { describe, expect, it } from 'vitest';
import {
  allHeaders,
  appendHeader,
  firstHeader,
  hasHeader,
  headerList,
  prependHeader,
  removeHeader,
  setHeader,
} from '../../../../src/embedded/sip-server/message/headers.js';
import { canonicalName } from '../../../../src/embedded/sip-server/message/header-names.js';

const sample = () => ({
  headers: [
    { name: 'Via', value: 'one' },
    { name: 'X-Own', value: 'a' },
    { name: 'Via', value: 'two, three' },
    { name: 'x-own', value: 'b' },
  ],
});

describe('header fields are found', () => {
  it.each(['Via', 'via', 'VIA', 'v'])('by the name %s', (name) => {
    expect(firstHeader(sample(), name)).toBe('one');
    expect(allHeaders(sample(), name)).toEqual(['one', 'two, three']);
    expect(hasHeader(sample(), name)).toBe(true);
  });

  it('by a name we do not know, in any case', () => {
    expect(allHeaders(sample(), 'X-OWN')).toEqual(['a', 'b']);
  });

  it('as one list across lines, without empty elements', () => {
    expect(headerList(sample(), 'Via')).toEqual(['one', 'two', 'three']);
    const odd = { headers: [{ name: 'Supported', value: ', timer,,path ,' }] };
    expect(headerList(odd, 'k')).toEqual(['timer', 'path']);
  });

  it('not as a list when a quote is left open', () => {
    const open = { headers: [{ name: 'Contact', value: '"a, <sip:b>' }] };
    expect(headerList(open, 'Contact')).toBeUndefined();
  });

  it('as nothing when there are none', () => {
    expect(firstHeader(sample(), 'Subject')).toBeUndefined();
    expect(headerList(sample(), 'Subject')).toEqual([]);
    expect(hasHeader(sample(), 'Subject')).toBe(false);
  });
});

describe('header fields are changed', () => {
  it('by putting one in place of all of its name', () => {
    const message = sample();
    setHeader(message, 'v', 'only');
    expect(message.headers.map((f) => f.value)).toEqual(['only', 'a', 'b']);
  });

  it('by adding one that was missing at the end', () => {
    const message = sample();
    setHeader(message, 'subject', 'new');
    expect(message.headers.at(-1)).toEqual({ name: 'Subject', value: 'new' });
  });

  it('by removing every one of a name', () => {
    const message = sample();
    removeHeader(message, 'X-own');
    expect(message.headers.map((f) => f.name)).toEqual(['Via', 'Via']);
  });

  it('by adding above or below the others', () => {
    const message = sample();
    prependHeader(message, 'Via', 'zero');
    appendHeader(message, 'Via', 'last');
    expect(allHeaders(message, 'Via')).toEqual(['zero', 'one', 'two, three', 'last']);
  });
});

describe('a header name', () => {
  it.each([
    ['call-id', 'Call-ID'],
    ['i', 'Call-ID'],
    ['CSEQ', 'CSeq'],
    ['www-authenticate', 'WWW-Authenticate'],
    ['p-asserted-identity', 'P-Asserted-Identity'],
    ['mime-version', 'MIME-Version'],
    ['rack', 'RAck'],
    ['rseq', 'RSeq'],
    ['sip-etag', 'SIP-ETag'],
    ['min-se', 'Min-SE'],
    ['x', 'Session-Expires'],
    ['user-to-user', 'User-to-User'],
    ['X-own-Name', 'X-own-Name'],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
  ])('%s is written %s', (given, written) => {
    expect(canonicalName(given)).toBe(written);
  });
});
