import { describe, expect, it } from 'vitest';
import { did } from '../../../src/domain/numbers/did.js';
import { RealNumber, spellingsOfNumber, unmask } from '../../../src/domain/numbers/real-number.js';
import { spellingsOfDid } from '../../../src/domain/numbers/spelled-dids.js';
import { spellingsOf } from '../../../src/domain/numbers/spellings.js';

const NUMBERS = ['+14155550100', '+442079460000', '+5491123456789', '+390612345678', '+4712345678'];

describe('spellings that are remembered', () => {
  it.each(NUMBERS)('of %s are those of its digits, the first time and every other', (e164) => {
    const number = RealNumber.fromKnown(e164)!;
    for (let time = 0; time < 2; time += 1) {
      expect(spellingsOfDid(did(e164))).toEqual(spellingsOf(e164));
      expect(spellingsOfNumber(number)).toEqual(spellingsOf(e164));
    }
  });

  it('go with the object of a real number: nothing else has them', () => {
    const [one, same] = [1, 2].map(() => RealNumber.fromKnown('+14155550100')!);
    expect(spellingsOfNumber(one!)).toBe(spellingsOfNumber(one!));
    expect(spellingsOfNumber(same!)).not.toBe(spellingsOfNumber(one!));
  });

  it('of DIDs are bounded: with more of them than fit, each is still spelled right', () => {
    const many = Array.from({ length: 5000 }, (_, i) =>
      did(`+1212555${String(i).padStart(4, '0')}`),
    );
    for (const one of many) spellingsOfDid(one);
    expect(spellingsOfDid(many[0]!)).toEqual(spellingsOf(many[0]!));
  });
});

it.each([...NUMBERS, '+4930123456', '+8613812345678', '+525512345678', '+551199999999'])(
  'a number that was read as %s is spelled as its digits are',
  (e164) => {
    expect(spellingsOfNumber(RealNumber.parse(e164)!)).toEqual(spellingsOf(e164));
  },
);

it.each([
  ['+440207946 0000', undefined],
  ['+49030123456', undefined],
  ['020 7946 0000', 'GB'],
  ['011 15 2345-6789', 'AR'],
])('so is one that was read as %s in %s', (text, country) => {
  const number = RealNumber.parse(text, country)!;
  expect(spellingsOfNumber(number)).toEqual(spellingsOf(unmask(number)));
});
