import { describe, expect, it } from 'vitest';
import { readDialed } from '../../../src/domain/numbers/dialed.js';
import {
  emergencyNumbersOf,
  isEmergencyCall,
  isEmergencyNumber,
  isEmergencyService,
} from '../../../src/domain/numbers/emergency.js';

describe('emergency numbers', () => {
  it.each([
    ['US', '911'],
    ['GB', '999'],
    ['DE', '110'],
    ['FR', '15'],
    ['FR', '17'],
    ['IN', '108'],
    ['IN', '1298'],
    ['IN', '2611'],
    ['BR', '190'],
    ['MX', '066'],
    ['PK', '1122'],
    ['NG', '199'],
    ['TH', '1669'],
    ['ZA', '10111'],
  ])('knows the numbers of %s: %s', (country, dialed) => {
    expect(isEmergencyNumber(dialed, [country], [])).toBe(true);
  });

  it.each(['112', '911', '999', '000', '08', '110', '118', '119'])(
    'takes %s as an emergency number in every country, as handsets do',
    (dialed) => {
      for (const country of ['US', 'GB', 'DE', 'AU', 'IN', 'GN', 'TK'])
        expect(isEmergencyNumber(dialed, [country], [])).toBe(true);
    },
  );

  it.each(['+112', '+911', '9-1-1', ' 911 ', '9.1.1', '911#', '+1911', '+44999', '+49112'])(
    'is not fooled by how %s is written',
    (dialed) => expect(isEmergencyNumber(dialed, ['US', 'GB', 'DE'], [])).toBe(true),
  );

  it('takes digits keyed on after a short number, up to five', () => {
    expect(isEmergencyNumber('91112', ['US'], [])).toBe(true);
    expect(isEmergencyNumber('911123', ['US'], [])).toBe(false);
  });

  it.each([
    ['9116666666', 'US'],
    ['1123456', 'DE'],
    ['+14155550100', 'US'],
    ['+19115550100', 'US'],
    ['14155550100', 'US'],
    ['1091', 'IN'], // Helplines are not emergency services.
    ['988', 'US'],
    ['933', 'US'],
    ['1007', 'US'],
    ['', 'US'],
    ['+', 'US'],
    ['911a', 'US'],
    ['9'.repeat(100_000), 'US'],
  ])('leaves %.20s in %s alone', (dialed, country) => {
    expect(isEmergencyNumber(dialed, [country], [])).toBe(false);
  });

  it('asks the countries of DID, caller and callee alike', () => {
    expect(isEmergencyNumber('15', ['US'], [])).toBe(false);
    expect(isEmergencyNumber('15', ['US', 'FR'], [])).toBe(true);
  });

  it('knows the numbers that the tenant adds, in any writing', () => {
    expect(isEmergencyNumber('5-5555', ['US'], ['55555'])).toBe(true);
    expect(isEmergencyNumber('55556', ['US'], ['55555'])).toBe(false);
  });

  it('answers for a country it has never heard of', () => {
    expect(isEmergencyNumber('15', ['ZZ', ''], [])).toBe(false);
    expect(isEmergencyNumber('911', ['ZZ'], [])).toBe(true);
  });
});

describe('the list of emergency numbers of countries', () => {
  const countries = ['US', 'FR', 'PK', 'GA', 'ZA', 'LT'];
  const listed = emergencyNumbersOf([...countries, 'ZZ']);

  it('has every number of up to five digits that is one, and no other', () => {
    const digits = [2, 3, 4, 5].flatMap((length) =>
      Array.from({ length: 10 ** length }, (_, n) => String(n).padStart(length, '0')),
    );
    const wrong = digits.filter(
      (number) => listed.has(number) !== isEmergencyNumber(number, countries, []),
    );
    expect(wrong).toEqual([]);
  });

  it.each(['+1911', '+3315', '+33112', '+911'])('has %s, as gateways write it', (number) => {
    expect(listed.has(number)).toBe(true);
  });

  it('has nothing that is none', () => {
    const wrong = [...listed].filter((number) => !isEmergencyNumber(number, countries, []));
    expect(wrong).toEqual([]);
  });
});

describe('emergency services', () => {
  it.each(['urn:service:sos', 'URN:Service:SOS.fire', 'urn:service:sos.police;x=y'])(
    'are named by %s',
    (uri) => expect(isEmergencyService(uri)).toBe(true),
  );

  it.each(['urn:service:counseling', 'urn:service:sosumi', 'sip:sos@example.com', ''])(
    'are not named by "%s"',
    (uri) => expect(isEmergencyService(uri)).toBe(false),
  );
});

describe('emergency calls', () => {
  const calls = (uri: string, extra: string[] = []): boolean =>
    isEmergencyCall(readDialed(uri, 'US'), ['US'], extra);

  it.each([
    'sip:911@sbc.example',
    'sip:9%311@sbc.example',
    'sips:911;x=y:secret@sbc.example;user=phone',
    'sip:+1911@sbc.example',
    'tel:911;phone-context=+1',
    'tel:+112',
    'urn:service:sos',
  ])('are found in %s', (uri) => expect(calls(uri)).toBe(true));

  it.each([
    'sip:+14155550100@sbc.example',
    'sip:1007@pbx.example',
    'http://911',
    'sip:',
    'tel:988',
  ])('are not found in %s', (uri) => expect(calls(uri)).toBe(false));

  it('include full numbers that the tenant lists, however either is written', () => {
    expect(calls('sip:+14155550100@sbc.example', ['4155550100'])).toBe(true);
    expect(calls('sip:4155550100@sbc.example', ['+14155550100'])).toBe(true);
    expect(calls('sip:4155550101@sbc.example', ['+14155550100'])).toBe(false);
  });
});
