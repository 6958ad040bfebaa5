import type { LogFields } from '../flows/ports/telemetry.js';

const MASK = '[masked]';

/** Ours to show: a proxy number hides nobody. */
const DID_KEYS: ReadonlySet<string> = new Set(['did', 'proxy_number', 'proxyNumber']);

/** Words of the configuration and of the house, which may hold digits and never a party's number. */
const HOUSE_KEYS: ReadonlySet<string> = new Set([
  'component',
  'node',
  'tenant',
  'trunk',
  'callee_trunk',
  'trunk_at_fault',
  'version',
]);

/**
 * Seven digits or more, however they are grouped; before them, what has as many digits and is no
 * number: our own ids, RFC 3339 times, IPv4 addresses.
 */
const DIGITS =
  /(\b(?:sess|part|call|leg|pty|req|rec)_[0-9A-HJKMNP-TV-Z]{26}\b|\b\d{4}-\d\d-\d\dT[\d:.]+Z|(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]))|\+?\d(?:[ ().\-/]{0,3}\d){6,}/g;

/** A Call-ID is often random hex, so there only digits that stand alone can be a number. */
const LONE_DIGITS = /(?<![\w])\+?\d{7,}(?![\w])/g;

const E164 = /^\+[1-9]\d{6,14}$/;

/** Replaces whatever could be a phone number in a text. */
export function maskText(text: string): string {
  return text.replace(DIGITS, (_, harmless: string | undefined) => harmless ?? MASK);
}

/**
 * The last line of defence: numbers are a type that prints masked (domain/numbers), and whatever
 * gets past that as text or as a JavaScript number is replaced here, in every field of every line.
 */
export function maskFields(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, maskValue(key, value)]),
  );
}

function maskValue(key: string, value: LogFields[string]): unknown {
  if (value instanceof Error) return maskError(value);
  // Ten digits as a number: no duration, size or count of ours is that large.
  if (typeof value === 'number') return Math.abs(value) >= 1e9 ? MASK : value;
  if (typeof value !== 'string' || HOUSE_KEYS.has(key)) return value;
  if (DID_KEYS.has(key) && E164.test(value)) return value;
  return key === 'sipCallId' ? value.replace(LONE_DIGITS, MASK) : maskText(value);
}

/** The cause is left out: it can hold whatever a library was given. */
function maskError(error: Error): Record<string, unknown> {
  return {
    type: error.name,
    message: maskText(error.message),
    ...('code' in error && typeof error.code === 'string' ? { code: maskText(error.code) } : {}),
    stack: maskText(error.stack ?? ''),
  };
}
