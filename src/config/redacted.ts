import type { Config } from './config.js';

/** The names under which a Config holds secrets (DigestCredentials, DrachtioServer). */
const SECRET_KEYS: ReadonlySet<string> = new Set(['password', 'secret']);

/** The effective configuration as plain data for printing: every secret is `[redacted]`. */
export function redacted(config: Omit<Config, 'warnings'>): unknown {
  return JSON.parse(
    JSON.stringify(config, (key, value: unknown) => (SECRET_KEYS.has(key) ? '[redacted]' : value)),
  ) as unknown;
}
