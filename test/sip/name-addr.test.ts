import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostOf, readNameAddr, splitAtCommas } from '../../src/sip/name-addr.js';

describe('a list of addresses', () => {
  it.each([
    ['<sip:a@b>, <sip:c@d>', ['<sip:a@b>', '<sip:c@d>']],
    ['"Doe, Jane" <sip:a@b>,sip:c@d', ['"Doe, Jane" <sip:a@b>', 'sip:c@d']],
    ['<sip:a,b@c>;x="y,z"', ['<sip:a,b@c>;x="y,z"']],
    ['"a \\", b" <sip:a@b>', ['"a \\", b" <sip:a@b>']],
    ['<sip:a"@b>, <sip:c"@d>', ['<sip:a"@b>', '<sip:c"@d>']],
    [' , <sip:a@b>, ', ['<sip:a@b>']],
    ['', []],
  ])('is parted where no quote or bracket is open: %s', (value, parts) => {
    expect(splitAtCommas(value)).toEqual(parts);
  });
});

describe('one address', () => {
  it.each([
    ['<sip:a@b>', undefined, 'sip:a@b', undefined],
    ['"Jane \\"J\\" Doe" <sip:a@b>;tag=t1', 'Jane "J" Doe', 'sip:a@b', 't1'],
    ['Jane Doe <sip:a@b;tag=uri> ; tag = t2', 'Jane Doe', 'sip:a@b;tag=uri', 't2'],
    ['"<sip:fake@x>" <sip:a@b>', '<sip:fake@x>', 'sip:a@b', undefined],
    ['sip:a@b;tag=t3', undefined, 'sip:a@b', 't3'],
    ['tel:+14155550100;phone-context=x', undefined, 'tel:+14155550100', undefined],
    ['"" <sip:a@b>', undefined, 'sip:a@b', undefined],
    ['<sip:a@b>;x=1;TAG=T4', undefined, 'sip:a@b', 'T4'],
  ])('is read: %s', (value, displayName, uri, tag) => {
    expect(readNameAddr(value)).toEqual({ displayName, uri, tag });
  });

  it.each(['', '*', 'nobody', '<sip:a@b', '"<sip:a@b>"'])('is none: %j', (value) => {
    expect(readNameAddr(value)).toBeUndefined();
  });

  it('never throws, whatever is written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[<>",;:=\\ta g@]{0,40}$/)), (value) => {
        splitAtCommas(value).forEach((part) => hostOf(readNameAddr(part)?.uri ?? part));
      }),
    );
  });
});

describe('the host of a URI', () => {
  it.each([
    ['sip:a@pbx.example:5060;transport=tcp', 'pbx.example'],
    ['sips:pbx.example', 'pbx.example'],
    ['SIP:a:secret@[2001:db8::1]:5060', '2001:db8::1'],
    ['sip:198.51.100.7:5060', '198.51.100.7'],
    ['tel:+14155550100', undefined],
    ['', undefined],
  ])('of %s is %s', (uri, host) => {
    expect(hostOf(uri)).toBe(host);
  });
});
