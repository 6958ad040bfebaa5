import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../src/domain/identity/ip-address.js';

describe('an IP literal', () => {
  it.each([
    ['192.0.2.7', 'IP4', '192.0.2.7'],
    ['0.0.0.0', 'IP4', '0.0.0.0'],
    ['2001:DB8:0:0:1:0:0:1', 'IP6', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', 'IP6', '2001:db8:0:1:1:1:1:1'],
    ['[2001:0db8::0001]', 'IP6', '2001:db8::1'],
    ['::', 'IP6', '::'],
    ['::1', 'IP6', '::1'],
    ['fe80::', 'IP6', 'fe80::'],
    ['::ffff:192.0.2.1', 'IP6', '::ffff:c000:201'],
    ['1:2:3:4:5:6:7::', 'IP6', '1:2:3:4:5:6:7:0'],
  ])('%s is %s %s', (text, family, canonical) =>
    expect(parseIpAddress(text)).toEqual({ family, text: canonical }),
  );

  it.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '256.0.0.1',
    '01.2.3.4',
    '1.2.3.4 ',
    'host.example',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7',
    '12345::',
    'fe80::1%eth0',
    '::1.2.3',
    '[::1',
    '1.2.3.4::',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    'g::',
    'x'.repeat(100_000),
  ])('is not "%.30s"', (text) => expect(parseIpAddress(text)).toBeUndefined());
});
