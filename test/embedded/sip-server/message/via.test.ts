import { describe, expect, it } from 'vitest';
import { firstHeader } from '../../../../src/embedded/sip-server/message/headers.js';
import type { Hop, SipRequest } from '../../../../src/embedded/sip-server/message/sip-message.js';
import {
  parseVia,
  reopenedHop,
  responseHop,
  stampVia,
  stringifyVia,
  topVia,
  viasOf,
} from '../../../../src/embedded/sip-server/message/via.js';

const source: Hop = { protocol: 'udp', address: '192.0.2.7', port: 40_001 };

function request(...vias: string[]): SipRequest {
  const headers = vias.map((value) => ({ name: 'Via', value }));
  return { kind: 'request', method: 'OPTIONS', uri: 'sip:a', headers, body: Buffer.alloc(0) };
}

function stamped(via: string, from = source): string | undefined {
  const message = request(via);
  stampVia(message, from);
  return firstHeader(message, 'Via');
}

describe('a Via value', () => {
  it('gives its parts', () => {
    expect(
      parseVia(
        'SIP / 2.0 /TCP  [2001:db8::9]:5070 ;Branch=z9hG4bK1;rport;ttl=16;maddr=224.2.0.1;x=y',
      ),
    ).toEqual({
      transport: 'TCP',
      host: '[2001:db8::9]',
      port: 5070,
      branch: 'z9hG4bK1',
      rport: true,
      ttl: 16,
      maddr: '224.2.0.1',
      params: new Map([['x', 'y']]),
    });
  });

  it.each([
    'SIP/2.0/UDP host.example.com',
    'SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1;received=192.0.2.2;rport=1024;ttl=1;maddr=m;a;b=c',
    'SIP/2.0/UDP [2001:db8::9];branch=z9hG4bK1;received=2001:db8::9;rport',
  ])('%s is written as it was read', (text) => {
    expect(stringifyVia(parseVia(text)!)).toBe(text);
  });

  it.each([
    '',
    'SIP/2.0/UDP',
    'SIP/2.0 host',
    'SIP/7.0/UDP host',
    'HTTP/1.1 proxy',
    'SIP/2.0/UDP a b',
    'SIP/2.0/UDP h:0',
    'SIP/2.0/UDP h:99999',
    'SIP/2.0/UDP h:x',
    'SIP/2.0/UDP 2001:db8::1',
    'SIP/2.0/UDP h;;',
  ])('is malformed as %j', (text) => {
    expect(parseVia(text)).toBeUndefined();
  });

  it('is the top one, wherever the others stand', () => {
    const message = request('SIP/2.0/UDP a;x="," , SIP/2.0/UDP b', 'SIP/2.0/UDP c');
    expect(topVia(message)?.host).toBe('a');
    expect(viasOf(message)?.map((via) => via.host)).toEqual(['a', 'b', 'c']);
    expect(viasOf(request('SIP/2.0/UDP a', 'nonsense'))).toBeUndefined();
    expect(topVia(request())).toBeUndefined();
  });
});

describe('an arriving request is marked with its source', () => {
  it.each([
    ['not at all when it is where it says', '192.0.2.7:9', ''],
    ['when a name was given', 'pc.example.com', ';received=192.0.2.7'],
    ['when another address was given', '10.0.0.1:5060', ';received=192.0.2.7'],
  ])('%s', (_when, sentBy, mark) => {
    expect(stamped(`SIP/2.0/UDP ${sentBy};branch=z9hG4bK1`)).toBe(
      `SIP/2.0/UDP ${sentBy};branch=z9hG4bK1${mark}`,
    );
  });

  it('with both, whenever it asked for rport', () => {
    expect(stamped('SIP/2.0/UDP 192.0.2.7;rport;branch=z9hG4bK1')).toBe(
      'SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1;received=192.0.2.7;rport=40001',
    );
  });

  it.each([
    'SIP/2.0/UDP 192.0.2.7;branch=b;received=203.0.113.1',
    'SIP/2.0/UDP 10.0.0.1;branch=b;received=203.0.113.1;rport=9',
    'SIP/2.0/UDP 10.0.0.1;branch=b;rport=junk',
  ])('and not with what it claims itself: %s', (via) => {
    expect(stamped(via)).not.toMatch(/203\.0\.113\.1|rport=9|junk/);
  });

  it('without brackets for IPv6 and without the name of our interface', () => {
    const from = { ...source, address: 'fe80::1%eth0' };
    expect(stamped('SIP/2.0/UDP h;branch=b', from)).toBe('SIP/2.0/UDP h;branch=b;received=fe80::1');
    const same = 'SIP/2.0/UDP [2001:DB8::9]:5070;branch=b';
    expect(stamped(same, { ...source, address: '2001:db8::9' })).toBe(same);
  });

  it('in the first value only', () => {
    expect(stamped('SIP/2.0/UDP a;branch=1 , SIP/2.0/UDP b;branch=2')).toBe(
      'SIP/2.0/UDP a;branch=1;received=192.0.2.7, SIP/2.0/UDP b;branch=2',
    );
  });

  it('unless its Via cannot be read', () => {
    expect(stamped('SIP/2.0/UDP 192.0.2.15;;,;,,')).toBe('SIP/2.0/UDP 192.0.2.15;;,;,,');
    expect(stamped('"open')).toBe('"open');
    const none = request();
    stampVia(none, source);
    expect(none.headers).toEqual([]);
  });

  it('and answered there, whatever else its Via says', () => {
    expect(responseHop(source)).toEqual(source);
  });
});

describe('the answer to a request whose stream is gone', () => {
  const over = (protocol: Hop['protocol'], via: string) =>
    reopenedHop(request(via), { ...source, protocol });

  it('goes to the port of sent-by, on the host that called', () => {
    const { address } = source;
    expect(over('tcp', 'SIP/2.0/TCP evil.example:5080;branch=b')).toEqual({
      ...{ protocol: 'tcp', address, port: 5080 },
    });
    expect(over('tcp', 'SIP/2.0/TCP 192.0.2.9;branch=b')?.port).toBe(5060);
  });

  it('over TLS only to who can show that he is sent-by', () => {
    const { address } = source;
    expect(over('tls', 'SIP/2.0/TLS a.example;branch=b')).toEqual({
      ...{ protocol: 'tls', address, port: 5061, domain: 'a.example' },
    });
    expect(over('tls', 'SIP/2.0/TLS [2001:db8::9];branch=b')).not.toHaveProperty('domain');
  });

  it('goes nowhere to a browser, nor over UDP', () => {
    for (const protocol of ['udp', 'ws', 'wss'] as const) {
      expect(over(protocol, 'SIP/2.0/WS x.invalid;branch=b')).toBeUndefined();
    }
  });
});
