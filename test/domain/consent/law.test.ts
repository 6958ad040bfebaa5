import { getCountries } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { LAW, LAW_AS_OF, lawOf } from '../../../src/domain/consent/law.js';
import { region, UNKNOWN_REGION } from '../../../src/domain/consent/region.js';
import { AREA_CODES } from '../../../src/domain/numbers/area-codes.js';

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
/** Every two letters that ISO 3166 gives to somebody, as ICU knows them. */
const isoCountries = letters
  .flatMap((a) => letters.map((b) => a + b))
  .filter((code) => names.of(code) !== undefined);

describe('the table of recording-consent law', () => {
  it('has a row for each state of the US, the District and the territories', () => {
    const states = Object.keys(AREA_CODES);
    expect(states).toHaveLength(51);
    for (const place of [...states.map((state) => `US-${state}`), 'PR', 'VI', 'GU', 'AS', 'MP']) {
      expect(LAW.has(place), place).toBe(true);
    }
  });

  it('names a statute, by section or article, in every row', () => {
    for (const [place, { source }] of LAW) {
      expect(source, place).toMatch(/§|\b[Aa]rt\.|\bs\.|\bSch\.|\d:\d|ILCS|Comp\. Stat\.|reg\./);
      expect(source, place).toMatch(/\d/);
    }
  });

  it('has rows of countries that there are and of nothing else', () => {
    for (const place of LAW.keys()) {
      expect(isoCountries, place).toContain(place.slice(0, 2));
      expect(place).toMatch(/^[A-Z]{2}$|^US-[A-Z]{2}$/);
    }
  });

  it('has every member of the EU and the EEA, and treats none of them less strictly than the directive', () => {
    const members =
      'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO';
    for (const member of members.split(' ')) {
      expect(lawOf(region(member)), member).toMatchObject({
        row: member,
        demand: 'all-party-opt-in',
      });
    }
  });

  it('resolves every country, those nobody has looked up to the strictest', () => {
    expect(isoCountries.length).toBeGreaterThan(240);
    for (const country of [...isoCountries, ...getCountries()]) {
      const law = lawOf(region(country));
      if (LAW.has(country)) expect(law.row).toBe(country);
      else expect(law).toMatchObject({ row: UNKNOWN_REGION, demand: 'all-party-opt-in' });
    }
    expect(lawOf(UNKNOWN_REGION).demand).toBe('all-party-opt-in');
  });

  it('takes a region without a row of its own for its country', () => {
    expect(lawOf(region('CA-QC'))).toEqual(lawOf(region('CA')));
    expect(lawOf(region('US-ZZ'))).toEqual(lawOf(region('US')));
  });

  it('treats a number of the US in no known state as the strictest state', () => {
    expect(lawOf(region('US')).demand).toBe('all-party');
    const strictest = [...LAW].filter(([place, row]) => {
      return place.startsWith('US-') && row.demand === 'all-party-opt-in';
    });
    expect(strictest).toEqual([]);
  });

  it('asks all parties exactly where a state’s law does, or may', () => {
    const allParty = [...LAW]
      .filter(([place, { demand }]) => place.startsWith('US-') && demand !== 'one-party')
      .map(([place]) => place.slice(3))
      .sort();
    expect(allParty.join(' ')).toBe('CA CT DE FL IL MA MD MI MT NH NV PA VT WA');
  });

  it('says when it was last gone through', () => {
    expect(LAW_AS_OF).toMatch(/^20\d\d-\d\d$/);
  });
});
