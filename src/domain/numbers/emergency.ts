import libphonenumber, { type RegionCode } from 'google-libphonenumber';
import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max';
import type { Dialed } from './dialed.js';
import { spellingsOfNumber, unmask } from './real-number.js';

export { isEmergencyService } from './emergency-service.js';

/**
 * Which dialed digits are an emergency number. Such a call is never masked, so the question is
 * asked with a union: wrongly refusing a short code is a nuisance, masking an emergency is not.
 */

// A handset treats these as emergency numbers whatever its country (3GPP TS 22.101 §10.1.1), so a
// traveller may dial one where the numbering plan does not know it.
const ANYWHERE = new Set(['112', '911', '999', '000', '08', '110', '118', '119']);

/** Where a plan has several, the one that is the country's own comes first. */
const GENERAL = ['911', '999', '000', '112', '119', '110'];

// Prefix matching catches `91112`, digits keyed on after the number. On longer strings it would
// catch ordinary numbers such as 9116666666 too.
const LONGEST_PREFIX_MATCH = 5;

const LONGEST_WITH_COUNTRY_CODE = 9;

const shortNumbers = libphonenumber.ShortNumberInfo.getInstance();

/** The digits as dialed, or undefined when the text is more than digits and their punctuation. */
function dialedDigits(dialed: string): { digits: string; plus: boolean } | undefined {
  if (dialed.length > 32) return undefined;
  const text = dialed.replace(/[\s().-]/g, '').replace(/#$/, '');
  const plus = text.startsWith('+');
  const digits = plus ? text.slice(1) : text;
  return /^\d+$/.test(digits) ? { digits, plus } : undefined;
}

function isEmergencyIn(digits: string, country: string): boolean {
  const region = country as RegionCode; // An unknown region is answered with false.
  if (shortNumbers.isEmergencyNumber(digits, region)) return true;
  return (
    digits.length <= LONGEST_PREFIX_MATCH && shortNumbers.connectsToEmergencyNumber(digits, region)
  );
}

/** `+1911`: what a gateway that writes every number in E.164 makes of 911. */
function isEmergencyBehindCountryCode(digits: string, country: string): boolean {
  if (digits.length > LONGEST_WITH_COUNTRY_CODE || !isSupportedCountry(country)) return false;
  const code = getCountryCallingCode(country);
  const rest = digits.slice(code.length);
  if (!digits.startsWith(code)) return false;
  return ANYWHERE.has(rest) || shortNumbers.isEmergencyNumber(rest, country);
}

/**
 * Whether an emergency service is dialed.
 * @param dialed digits as dialed; an optional +, punctuation and a closing # do not matter.
 * @param countries ISO 3166 alpha-2: of the DID, of the caller and of the callee; each one counts.
 * @param extra numbers that the tenant counts as emergency numbers, as dialed.
 */
export function isEmergencyNumber(
  dialed: string,
  countries: readonly string[],
  extra: readonly string[],
): boolean {
  const read = dialedDigits(dialed);
  if (read === undefined) return false;
  // libphonenumber answers false for `+112`, yet phones do send it.
  const { digits, plus } = read;
  if (ANYWHERE.has(digits)) return true;
  if (extra.some((number) => dialedDigits(number)?.digits === digits)) return true;
  return countries.some(
    (country) =>
      isEmergencyIn(digits, country) || (plus && isEmergencyBehindCountryCode(digits, country)),
  );
}

/**
 * What is dialed for help in these countries, for whoever has to know it without knowing countries:
 * every text of up to five digits, and of country code and number, that `isEmergencyNumber` takes.
 */
export function emergencyNumbersOf(countries: readonly string[]): ReadonlySet<string> {
  const numbers = new Set(ANYWHERE);
  for (const country of new Set(countries)) {
    for (const number of shortNumbersUnder('', country)) numbers.add(number);
    if (!isSupportedCountry(country)) continue;
    const code = getCountryCallingCode(country);
    for (const number of [...numbers]) {
      const full = `+${code}${number}`;
      if (isEmergencyNumber(full, [country], [])) numbers.add(full);
    }
  }
  // As phones write it: `isEmergencyNumber` takes a plus before any of them.
  for (const number of [...numbers]) if (!number.startsWith('+')) numbers.add(`+${number}`);
  return numbers;
}

/** No plan has longer ones than four digits; a fifth is looked for where four are one already. */
function shortNumbersUnder(start: string, country: string): string[] {
  return Array.from({ length: 10 }, (_, digit) => `${start}${digit}`).flatMap((digits) => {
    const found = isEmergencyIn(digits, country);
    const goOn = digits.length < 4 || (found && digits.length < LONGEST_PREFIX_MATCH);
    return [...(found ? [digits] : []), ...(goOn ? shortNumbersUnder(digits, country) : [])];
  });
}

/**
 * The number that stands for `urn:service:sos` in a country: the first of the usual ones that its
 * numbering plan knows. 112 is what a handset dials where nothing better is known (3GPP TS 22.101).
 */
export function generalEmergencyNumber(country: string): string {
  const region = country as RegionCode;
  const known = GENERAL.find((number) => shortNumbers.isEmergencyNumber(number, region));
  return known ?? '112';
}

/**
 * Whether what `readDialed` found is an emergency call: the one question a flow asks.
 * Parameters as for `isEmergencyNumber`. A full number counts when a tenant listed it in any of its
 * spellings, such as the ten-digit number of a dispatch centre.
 */
export function isEmergencyCall(
  dialed: Dialed,
  countries: readonly string[],
  extra: readonly string[],
): boolean {
  switch (dialed.kind) {
    case 'emergency-service':
      return true;
    case 'text':
      return isEmergencyNumber(dialed.user, countries, extra);
    case 'number': {
      const { national, significant } = spellingsOfNumber(dialed.number);
      const texts = new Set([unmask(dialed.number), national, significant]);
      return [...texts].some((text) => isEmergencyNumber(text, countries, extra));
    }
    case 'bad-scheme':
    case 'unreadable':
      return false;
  }
}
