import { describe, expect, it } from 'vitest';
import { allHeaders, firstHeader } from '../../../../src/embedded/sip-server/message/headers.js';
import {
  addressesOf,
  addressOf,
  contactsOf,
  tagOf,
} from '../../../../src/embedded/sip-server/message/name-addr.js';
import {
  orParseError,
  ParseError,
} from '../../../../src/embedded/sip-server/message/parse-error.js';
import { parseMessage } from '../../../../src/embedded/sip-server/message/parse.js';
import { serialize } from '../../../../src/embedded/sip-server/message/serialize.js';
import type { SipMessage } from '../../../../src/embedded/sip-server/message/sip-message.js';
import { bareHost, parseUri } from '../../../../src/embedded/sip-server/message/uri.js';
import { topVia, viasOf } from '../../../../src/embedded/sip-server/message/via.js';
import { rfc4475 } from './rfc4475.js';
import { rfc5118 } from './rfc5118.js';
import { bytesOf } from './torture-message.js';

function outcomeOf(bytes: Buffer): string | number {
  const result = orParseError(() => parseMessage(bytes));
  if (!(result instanceof ParseError)) return 'valid';
  return result.answerable === undefined ? 'dropped' : result.status;
}

const read = (name: string): SipMessage =>
  parseMessage(
    bytesOf({ rfc: rfc5118.some((m) => m.name === name) ? 'rfc5118' : 'rfc4475', name }),
  );
const uriOf = (message: SipMessage) =>
  message.kind === 'request' ? parseUri(message.uri) : undefined;

describe.each([
  ['RFC 4475', rfc4475, 49],
  ['RFC 5118', rfc5118, 12],
])('the torture messages of %s', (_, messages, count) => {
  it('are all here', () => {
    expect(new Set(messages.map(({ name }) => name)).size).toBe(count);
  });

  it.each(messages)('$section $name: $parser', (message) => {
    expect(outcomeOf(bytesOf(message))).toBe(message.parser);
  });

  it.each(messages.filter(({ parser }) => parser === 'valid'))(
    '$section $name stays what it is when it is sent on',
    (torture) => {
      const message = parseMessage(bytesOf(torture));
      const again = parseMessage(serialize(message));
      const named = (name: string) => (field: { name: string }) => field.name !== name;
      const kept = message.headers.filter(named('Content-Length'));
      // An escaped NUL is the one thing we read and would rather not write.
      const written = kept.map((f) => ({ ...f, value: f.value.replaceAll('\0', ' ') }));
      expect(again.headers.filter(named('Content-Length'))).toEqual(written);
      expect(again.body).toEqual(message.body);
    },
  );
});

describe('a torture message is read for what it says', () => {
  it('wsinv: folded lines, tags and Vias', () => {
    const message = read('wsinv');
    expect(tagOf(message, 'To')).toBe('1918181833n');
    expect(addressOf(message, 'From')?.displayName).toBe('J Rosenberg \\"');
    expect(firstHeader(message, 'Max-Forwards')).toBe('0068');
    expect(viasOf(message)).toMatchObject([
      { transport: 'UDP', host: '192.0.2.2', branch: '390skdjuw' },
      { transport: 'TCP', host: 'spindle.example.com', branch: 'z9hG4bK9ikj8' },
      { transport: 'UDP', host: '192.168.255.111', branch: 'z9hG4bK30239' },
    ]);
    expect(message.body).toHaveLength(150);
  });

  it('intmeth: a quoted NUL does not end the display name', () => {
    expect(addressOf(read('intmeth'), 'To')?.displayName).toBe('BEL:\x07 NUL:\0 DEL:\x7f');
  });

  it('esc01: what is escaped stays escaped', () => {
    const message = read('esc01');
    expect(uriOf(message)).toMatchObject({
      user: 'sips%3Auser%40example.com',
      host: 'example.net',
    });
    expect(contactsOf(message)).toMatchObject([
      { uri: 'sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31' },
    ]);
  });

  it('escnull: two Contacts, neither cut short', () => {
    expect(addressesOf(read('escnull'), 'Contact')?.map(({ uri }) => uri)).toEqual([
      'sip:%00@host5.example.com',
      'sip:%00%00@host5.example.com',
    ]);
  });

  it('esc02: an escaped header name is another header', () => {
    const message = read('esc02');
    expect(allHeaders(message, 'Contact')).toHaveLength(2);
    expect(message).toMatchObject({ method: 'RE%47IST%45R' });
  });

  it('longreq: 34 Vias in all spellings, the last with its long branch', () => {
    const vias = viasOf(read('longreq'));
    expect(vias).toHaveLength(34);
    expect(vias?.at(-1)).toMatchObject({ host: 'host.example.com', received: '192.0.2.5' });
    expect(vias?.at(-1)?.branch).toHaveLength(215);
  });

  it('dblreq: what follows the body is not part of the message', () => {
    expect(read('dblreq').body).toHaveLength(0);
  });

  it('semiuri: the user part holds a semicolon', () => {
    expect(uriOf(read('semiuri'))).toMatchObject({
      user: 'user;par=u%40example.net',
      host: 'example.com',
    });
  });

  it('mpart01: the body is kept byte by byte', () => {
    const { body } = read('mpart01');
    expect(body).toHaveLength(553);
    expect(body.includes(Buffer.from([0x30, 0x82, 0x01, 0x52]))).toBe(true);
    expect(serialize(read('mpart01')).subarray(-553)).toEqual(body);
  });

  it('unreason and noreason: any reason phrase, or none', () => {
    expect(read('unreason')).toMatchObject({
      status: 200,
      reason: '= 2**3 * 5**2 но сто девяносто девять - простое',
    });
    expect(read('noreason')).toMatchObject({ status: 100, reason: '' });
  });

  it('cparam01 and cparam02: a parameter of the header or of the URI', () => {
    const [header] = addressesOf(read('cparam01'), 'Contact') ?? [];
    expect(header?.uri).toBe('sip:+19725552222@gw1.example.net');
    expect(header?.params.has('unknownparam')).toBe(true);
    const [uri] = addressesOf(read('cparam02'), 'Contact') ?? [];
    expect(uri?.uri).toBe('sip:+19725552222@gw1.example.net;unknownparam');
    expect(uri?.params.size).toBe(0);
  });

  it('regescrt: the escaped header stays in the URI', () => {
    const [contact] = addressesOf(read('regescrt'), 'Contact') ?? [];
    expect(parseUri(contact?.uri ?? '')).toMatchObject({
      headers: [['Route', '%3Csip:sip.example.com%3E']],
    });
  });

  it('port-ambiguous and port-unambiguous: a port stands behind the bracket', () => {
    expect(uriOf(read('port-ambiguous'))).toMatchObject({ host: '[2001:db8::10:5070]' });
    expect(uriOf(read('port-ambiguous'))).not.toHaveProperty('port');
    expect(uriOf(read('port-unambiguous'))).toMatchObject({ host: '[2001:db8::10]', port: 5070 });
  });

  it('received with and without brackets', () => {
    expect(topVia(read('via-received-param-with-delim'))?.received).toBe('[2001:db8::9:255]');
    expect(topVia(read('via-received-param-no-delim'))?.received).toBe('2001:db8::9:255');
  });

  it('mult-ip-in-header and ipv4-mapped-ipv6: addresses of both families', () => {
    expect(viasOf(read('mult-ip-in-header'))).toMatchObject([
      { host: '[2001:db8::9:1]', port: 6050 },
      { host: '192.0.2.1' },
      { host: '[2001:db8::9:255]', received: '192.0.2.200' },
    ]);
    expect(viasOf(read('ipv4-mapped-ipv6'))).toMatchObject([
      { host: '[::ffff:192.0.2.10]', port: 19823 },
      { host: '[::ffff:192.0.2.2]' },
    ]);
  });

  it('three colons before IPv4 are read as two, and nowhere else', () => {
    const host = (name: string): string => {
      const uri = uriOf(read(name));
      return uri?.kind === 'sip' ? bareHost(uri.host) : '';
    };
    expect(host('ipv6-bug-abnf-3-colons')).toBe('2001:db8::192.0.2.1');
    expect(host('ipv6-correct-abnf-2-colons')).toBe('2001:db8::192.0.2.1');
    for (const bad of [
      '[2001:db8:::10]',
      '[2001:db8::::192.0.2.1]',
      '[2001:db8::1:::192.0.2.1]',
      '[:::192.0.2.1.5]',
      '2001:db8:::192.0.2.1',
    ]) {
      expect(parseUri(`sip:${bad}`)).toBeUndefined();
    }
  });
});
