import fc from 'fast-check';
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it } from 'vitest';
import { RealNumber, unmask } from '../../../src/domain/numbers/real-number.js';

/** What can be told of a number, the slow way or the fast one. */
const told = (number: RealNumber | undefined): unknown =>
  number && { e164: unmask(number), mask: String(number), country: number.country };

const EXAMPLES = getCountries().flatMap((country) => {
  const example = getExampleNumber(country, examples);
  return example === undefined ? [] : [example.number];
});

describe('a known number', () => {
  it.each(EXAMPLES)('%s is told as it is when it is read anew', (e164) => {
    expect(told(RealNumber.fromKnown(e164))).toEqual(told(RealNumber.parse(e164)));
  });

  it('is what was read, whatever the number', () => {
    const tail = fc.string({
      unit: fc.integer({ min: 0, max: 9 }).map(String),
      minLength: 1,
      maxLength: 11,
    });
    const near = fc
      .tuple(fc.constantFrom<string[]>(...EXAMPLES), tail)
      .map(([example, digits]) => example.slice(0, -digits.length) + digits);
    const any = tail.map((digits) => `+${digits}`);
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(near, near, any), (text) => {
        const slow = RealNumber.parse(text);
        if (slow === undefined) return;
        read += 1;
        expect(told(RealNumber.fromKnown(unmask(slow)))).toEqual(told(slow));
      }),
      { numRuns: 5000 },
    );
    expect(read).toBeGreaterThan(1000);
  });

  it.each(['+80012345678', '+870773111632', '+882342123456'])(
    '%s, of no country, is told too',
    (e164) => {
      expect(told(RealNumber.fromKnown(e164))).toEqual(told(RealNumber.parse(e164)));
    },
  );

  it('keeps its country when a trunk prefix was typed behind the country code', () => {
    const read = RealNumber.parse('+35800100000');
    expect(read).toBeDefined();
    expect(told(read)).toEqual(told(read && RealNumber.fromKnown(unmask(read))));
  });

  it.each(['', 'nobody', '4155550142', '+', '+1', '+0123456789'])('is never “%s”', (text) => {
    expect(RealNumber.fromKnown(text)).toBeUndefined();
  });
});
