import { getCountries, getCountryCallingCode, type CountryCode } from 'libphonenumber-js/max';

/** The countries of each calling code; codes of no country, such as +870, are not among them. */
const COUNTRIES = new Map<string, readonly CountryCode[]>();
for (const country of getCountries()) {
  const code = getCountryCallingCode(country);
  COUNTRIES.set(code, [...(COUNTRIES.get(code) ?? []), country]);
}

const LONGEST_CODE = 3;

/** The calling code with which a number in E.164 begins; no code is the beginning of another. */
export function callingCodeOf(e164: string): string | undefined {
  for (let length = 1; length <= LONGEST_CODE; length += 1) {
    const code = e164.slice(1, 1 + length);
    if (COUNTRIES.has(code)) return code;
  }
  return undefined;
}

/** The country of a calling code that no others share. */
export function onlyCountryOf(code: string): string | undefined {
  const countries = COUNTRIES.get(code) ?? [];
  return countries.length === 1 ? countries[0] : undefined;
}
