import { describe, expect, it } from 'vitest';
import { spellingsOf } from '../../../src/domain/numbers/spellings.js';

describe('the spellings of a number', () => {
  it('are E.164, both international prefixes, national, significant and every tail from seven digits', () => {
    const { whole } = spellingsOf('+442079460000');
    for (const digits of [
      '442079460000',
      '00442079460000',
      '011442079460000',
      '02079460000',
      '2079460000',
      '9460000',
      '79460000',
    ])
      expect(whole).toContain(digits);
    expect(whole).not.toContain('460000');
  });

  it('tell inside a longer run only from nine digits', () => {
    const { telling } = spellingsOf('+4712345678');
    expect(telling).toContain('4712345678');
    expect(telling.filter((digits) => digits.length < 9)).toEqual([]);
  });

  it('include hex of the digits and swapped nibbles', () => {
    const { telling } = spellingsOf('+14155550100');
    expect(telling).toContain(Buffer.from('4155550100').toString('hex'));
    expect(telling).toContain('1455551000');
  });

  it('find a mobile that lost the extra digit of its country', () => {
    const { telling } = spellingsOf('+5491123456789');
    expect(telling.some((digits) => '541123456789'.includes(digits))).toBe(true);
    expect(telling.some((digits) => '0111523456789'.includes(digits))).toBe(true);
  });

  it('of bare digits are those digits and their tails', () => {
    expect(spellingsOf('10071234').whole).toEqual(
      expect.arrayContaining(['10071234', '0071234', '0010071234']),
    );
    expect(spellingsOf('1007').whole).toEqual(['001007', '0111007'].filter((d) => d.length >= 7));
  });
});
