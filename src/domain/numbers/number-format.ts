import {
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type CountryCode,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import type { NumberFormat } from '../identity/trunk.js';
import type { Did } from './did.js';
import { RealNumber, unmask } from './real-number.js';

/**
 * The number as a peer writes it: `+14155550100`, `14155550100` or, nationally, `4155550100`.
 * @param country ISO 3166 alpha-2 of the peer: in the national format a number of another country
 * is written with that peer's international prefix.
 */
export function writeNumber(
  number: Did | RealNumber,
  format: NumberFormat,
  country: string,
): string {
  const e164 = number instanceof RealNumber ? unmask(number) : number;
  if (format === 'e164') return e164;
  if (format === 'e164-no-plus') return e164.slice(1);
  return asDialedFrom(e164, country) ?? e164;
}

/** Undefined when the country's data cannot write the number so that it reads back as the same one. */
function asDialedFrom(e164: string, country: string): string | undefined {
  const parsed = parsePhoneNumberFromString(e164);
  if (parsed === undefined || !isSupportedCountry(country)) return undefined;
  const digits = written(parsed, country)?.replace(/\D/g, '') ?? '';
  // Reaching a stranger is worse than a peer that refuses the + form.
  return parsePhoneNumberFromString(digits, country)?.number === e164 ? digits : undefined;
}

/** From a country with many international prefixes, such as Brazil, nothing can be written abroad. */
function written(number: PhoneNumber, country: CountryCode): string | undefined {
  return number.countryCallingCode === getCountryCallingCode(country)
    ? number.formatNational()
    : number.format('IDD', { fromCountry: country });
}
