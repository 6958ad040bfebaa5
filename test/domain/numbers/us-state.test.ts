import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { AREA_CODES } from '../../../src/domain/numbers/area-codes.js';
import { RealNumber } from '../../../src/domain/numbers/real-number.js';
import { usStateOf } from '../../../src/domain/numbers/us-state.js';

const stateOf = (e164: string) => usStateOf(RealNumber.parse(e164)!);
const areaCodes = Array.from({ length: 800 }, (_, i) => String(200 + i));

describe('the state of a number by its area code', () => {
  it.each([
    ['+12025550123', 'DC'],
    ['+14155550123', 'CA'],
    ['+12125550123', 'NY'],
    ['+17325550123', 'NJ'],
    ['+12065550123', 'WA'],
    ['+19075550123', 'AK'],
  ])('%s is in %s', (number, state) => expect(stateOf(number)).toBe(state));

  it.each(['+18005550123', '+18885550123', '+15005550123', '+19005550123', '+17875550123'])(
    '%s is in none',
    (number) => expect(stateOf(number)).toBeUndefined(),
  );

  it('is not found in numbers of other countries', () => {
    expect(stateOf('+14165550123')).toBeUndefined();
    expect(stateOf('+493012345678')).toBeUndefined();
    expect(stateOf('+442079460123')).toBeUndefined();
  });

  it('knows every area code that the numbering plan gives to places of the US, and no other', () => {
    const ofThePlan = areaCodes.filter((area) => {
      const read = parsePhoneNumberFromString(`+1${area}2345678`);
      return read?.country === 'US' && read.getType() === 'FIXED_LINE_OR_MOBILE';
    });
    const known = Object.values(AREA_CODES).flatMap((codes) => codes.split(' '));
    expect([...known].sort()).toEqual(ofThePlan);
  });

  it('gives no area code to two states', () => {
    const known = Object.values(AREA_CODES).flatMap((codes) => codes.split(' '));
    expect(new Set(known).size).toBe(known.length);
  });
});
