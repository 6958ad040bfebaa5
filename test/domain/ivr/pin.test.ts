import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pinFrom } from '../../../src/domain/ivr/pin.js';
import { caseNumberOf } from '../../../src/domain/sessions/case-number.js';
import '../../support/property-seed.js';

describe('a PIN', () => {
  it('has as many digits as it should, with zeros in front', () => {
    expect(pinFrom('0'.repeat(31) + '7', 6)).toBe('000007');
    const random = fc.stringMatching(/^[0-9a-f]{32}$/);
    fc.assert(
      fc.property(random, fc.integer({ min: 4, max: 12 }), (hex, digits) => {
        expect(pinFrom(hex, digits)).toMatch(new RegExp(`^\\d{${digits}}$`));
      }),
    );
  });
});

describe('a case number', () => {
  it.each([
    ['20417', '20417'],
    ['ORD-20417', '20417'],
    ['case 2026/00017', '202600017'],
    ['A-12', undefined],
    ['order', undefined],
    ['1'.repeat(21), undefined],
    [undefined, undefined],
  ])('of reference %s is %s', (reference, number) => {
    expect(caseNumberOf(reference)).toBe(number);
  });
});
