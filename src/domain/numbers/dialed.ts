import type { NumberFormat } from '../identity/trunk.js';
import { emergencyServiceIn, isEmergencyService } from './emergency-service.js';
import { RealNumber } from './real-number.js';

/** What a Request-URI, or the URI of a caller identity field, names. */
export type Dialed =
  | { readonly kind: 'number'; readonly number: RealNumber }
  /**
   * A user part that is no phone number: an extension, a short code, a session id. Decoded, 1 to
   * 128 characters without controls, otherwise whatever the peer wrote. `host` is lower case and
   * empty for a tel: URI.
   */
  | { readonly kind: 'text'; readonly user: string; readonly host: string }
  /** `sos`, or with its subservice as in `sos.fire` (RFC 5031 §4.2). */
  | { readonly kind: 'emergency-service'; readonly service: string }
  /** Neither sip, sips, tel nor urn:service:sos: verdict bad-uri-scheme. */
  | { readonly kind: 'bad-scheme' }
  /** No user part, controls, broken escapes, too long: to be answered like an unknown number. */
  | { readonly kind: 'unreadable' };

const UNREADABLE: Dialed = { kind: 'unreadable' };
const LONGEST_URI = 2048;
const LONGEST_USER = 128;

// Shorter bare digits are an extension or a short code, though some numbering plans would allow
// them; with +, tel: or user=phone they are taken as a number whatever their length.
const SHORTEST_BARE_NUMBER = 6;

/** How the digits of a user part are to be read. */
interface Reading {
  readonly country: string;
  readonly format: NumberFormat;
  /** The URI says that the user part is a telephone number (RFC 3261 §19.1.1, RFC 3966). */
  readonly telephone: boolean;
  /** `phone-context` (RFC 3966 §5.1.5) when it is a number prefix such as `+44`. */
  readonly context: string | undefined;
}

/**
 * Reads whom a URI names; never throws, whatever it is given.
 * @param uri as received; percent-encoding, visual separators, user parameters (`;npdi;rn=…`) and
 * a password do not change whom it names (RFC 3261 §19.1.4, RFC 4694).
 * @param country ISO 3166 alpha-2 by which national forms are read.
 * @param format how the peer writes numbers: `e164-no-plus` reads bare digits as E.164 first.
 */
export function readDialed(uri: string, country: string, format: NumberFormat = 'e164'): Dialed {
  if (uri.length > LONGEST_URI) return UNREADABLE;
  const colon = uri.indexOf(':');
  const scheme = uri.slice(0, Math.max(0, colon)).trim().toLowerCase();
  const rest = uri.slice(colon + 1).trim();
  switch (scheme) {
    case 'sip':
    case 'sips':
      return readSipUri(rest, country, format);
    case 'tel': {
      const { user, parameters } = splitUser(rest);
      const context = contextIn(parameters);
      return readUser(user, '', { country, format, telephone: true, context });
    }
    case 'urn':
      // What follows `sos` may be ill formed; help is still what is asked for.
      return isEmergencyService(uri)
        ? { kind: 'emergency-service', service: emergencyServiceIn(uri) ?? 'sos' }
        : { kind: 'bad-scheme' };
    default:
      return { kind: 'bad-scheme' };
  }
}

function readSipUri(rest: string, country: string, format: NumberFormat): Dialed {
  const at = rest.indexOf('@');
  // Neither user, password, host nor parameters may hold a second @ unescaped (RFC 3261 §25.1).
  if (at <= 0 || rest.includes('@', at + 1)) return UNREADABLE;
  const [userAndParameters = ''] = rest.slice(0, at).split(':', 1);
  const { user, parameters } = splitUser(userAndParameters);
  const [hostPort = '', ...uriParameters] = rest.slice(at + 1).split(';', 32);
  const telephone = uriParameters.some((parameter) => /^user=phone\b/i.test(parameter));
  const context = contextIn(parameters);
  return readUser(user, hostOf(hostPort), { country, format, telephone, context });
}

function splitUser(text: string): { user: string; parameters: string } {
  const semicolon = text.indexOf(';');
  if (semicolon < 0) return { user: text, parameters: '' };
  return { user: text.slice(0, semicolon), parameters: text.slice(semicolon) };
}

function contextIn(parameters: string): string | undefined {
  return /;phone-context=(\+[\d.()-]{1,24})(?:;|$)/i.exec(parameters)?.[1];
}

/** The host without its port; `[2001:db8::1]:5060` keeps its brackets. */
function hostOf(hostPort: string): string {
  return (/^(\[[^\]]*\]|[^:?]*)/.exec(hostPort)?.[1] ?? '').toLowerCase();
}

function readUser(encoded: string, host: string, reading: Reading): Dialed {
  const user = decode(encoded);
  if (user === undefined || user === '' || user.length > LONGEST_USER) return UNREADABLE;
  if (/[\u0000-\u001f\u007f-\u009f]/.test(user)) return UNREADABLE;
  if (!/^[+(]?[\d().\- ]+$/.test(user)) return { kind: 'text', user, host };
  const digits = user.replace(/[().\- ]/g, '');
  const number = readNumber(digits, reading);
  if (number !== undefined) return { kind: 'number', number };
  return digits === '' ? UNREADABLE : { kind: 'text', user: digits, host };
}

function decode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // A lone % or bytes that are no UTF-8: no peer of ours means a number by it.
  }
}

function readNumber(digits: string, reading: Reading): RealNumber | undefined {
  if (digits.startsWith('+')) return RealNumber.parse(digits);
  if (reading.context !== undefined) return RealNumber.parse(reading.context + digits);
  if (!reading.telephone && digits.length < SHORTEST_BARE_NUMBER) return undefined;
  const international =
    reading.format === 'e164-no-plus' ? RealNumber.parse(`+${digits}`) : undefined;
  return international ?? RealNumber.parse(digits, reading.country);
}
