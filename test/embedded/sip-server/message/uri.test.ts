import { describe, expect, it } from 'vitest';
import {
  bareHost,
  hostReference,
  parseUri,
  stringifyUri,
} from '../../../../src/embedded/sip-server/message/uri.js';

const round = [
  'sip:alice@example.com',
  'sips:alice:secret@example.com:5061',
  'sip:+15551234;phone-context=x@gw.example;user=phone',
  'sip:user;par=u%40example.net@example.com',
  'sip:[2001:db8::10]:5070;transport=tcp;lr',
  'sip:alice@[2001:db8::10]',
  'sip:192.0.2.1;maddr=239.255.255.1;ttl=15',
  'sip:a@b.example?Subject=x&Route=%3Csip:c%3E&Route=%3Csip:d%3E',
  'sip:%00@example.com',
  "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
  'tel:+1-201-555-0123',
  'tel:7042;phone-context=example.com',
  'http://www.example.com/x?y',
];

describe('a URI', () => {
  it.each(round)('%s is written as it was read', (text) => {
    expect(stringifyUri(parseUri(text)!)).toBe(text);
  });

  it('of scheme sip gives its parts', () => {
    expect(parseUri('SIP:al:pw@Example.COM:5070;LR;transport=TCP?a=b')).toEqual({
      kind: 'sip',
      scheme: 'sip',
      user: 'al',
      password: 'pw',
      host: 'Example.COM',
      port: 5070,
      params: new Map([
        ['lr', undefined],
        ['transport', 'TCP'],
      ]),
      headers: [['a', 'b']],
    });
  });

  it('keeps an escaped line end in its user part escaped', () => {
    expect(parseUri('sip:a%0d%0aX-Forged:%201@b')).toMatchObject({ user: 'a%0d%0aX-Forged' });
  });

  it('of scheme tel gives number and parameters', () => {
    expect(parseUri('tel:+1-201;ext=5')).toMatchObject({ kind: 'tel', number: '+1-201' });
  });

  it('of a scheme we do not route is still a URI', () => {
    expect(parseUri('nobodyKnows:opaque')).toMatchObject({ kind: 'other', rest: 'opaque' });
  });

  it.each([
    '',
    'sip:',
    'alice@example.com',
    '<sip:a@b>',
    'sip:a@b c',
    'sip:a@b\r\nX: 1',
    'sip:a@b@c',
    'sip:@b',
    'sip:a@',
    'sip:a@b:0',
    'sip:a@b:99999',
    'sip:a@b:',
    'sip:a@b;',
    'sip:a@b;p=c@d',
    'sip:a@[::zz]',
    'sip:a@[::1',
    'sip:a@2001:db8::1',
    'sip:a@b?',
    'sip:a@b?novalue',
    'sip:a@-b',
    'tel:',
    'tel:alice',
    'tel:+1;',
    '1sip:a@b',
  ])('is not %j', (text) => {
    expect(parseUri(text)).toBeUndefined();
  });

  it('shows an IPv6 host with brackets and connects to it without', () => {
    expect(bareHost('[2001:db8::1]')).toBe('2001:db8::1');
    expect(bareHost('example.com')).toBe('example.com');
    expect(hostReference('2001:db8::1')).toBe('[2001:db8::1]');
    expect(hostReference('[2001:db8::1]')).toBe('[2001:db8::1]');
    expect(hostReference('192.0.2.1')).toBe('192.0.2.1');
  });
});
