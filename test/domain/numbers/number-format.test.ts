import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { did } from '../../../src/domain/numbers/did.js';
import { writeNumber } from '../../../src/domain/numbers/number-format.js';
import { RealNumber, unmask } from '../../../src/domain/numbers/real-number.js';

const us = did('+14155550100');

describe('a number towards a peer', () => {
  it('is written in the format of the peer', () => {
    expect(writeNumber(us, 'e164', 'US')).toBe('+14155550100');
    expect(writeNumber(us, 'e164-no-plus', 'US')).toBe('14155550100');
    expect(writeNumber(us, 'national', 'US')).toBe('4155550100');
    expect(writeNumber(did('+442079460000'), 'national', 'GB')).toBe('02079460000');
  });

  it('of another country is written with the prefix that the peer dials abroad with', () => {
    expect(writeNumber(us, 'national', 'DE')).toBe('0014155550100');
    expect(writeNumber(did('+442079460000'), 'national', 'US')).toBe('011442079460000');
  });

  it('falls back to E.164 for a country without data', () => {
    expect(writeNumber(us, 'national', 'ZZ')).toBe('+14155550100');
  });

  it('reads back as the same number, whatever it is', () => {
    const countries = fc.constantFrom(
      'US',
      'GB',
      'DE',
      'FR',
      'IT',
      'AR',
      'MX',
      'BR',
      'NO',
      'JP',
      'RU',
    );
    const numbers = fc.stringMatching(/^\+[1-9][0-9]{7,13}$/);
    fc.assert(
      fc.property(numbers, countries, (text, country) => {
        const number = RealNumber.parse(text);
        // Some impossible numbers do not even read back from their own E.164.
        fc.pre(
          number !== undefined &&
            RealNumber.parse(unmask(number), country)?.equals(number) === true,
        );
        const read = RealNumber.parse(writeNumber(number, 'national', country), country);
        expect(read && unmask(read)).toBe(unmask(number));
      }),
      { numRuns: 1500 },
    );
  });
});
