import { dirname, resolve } from 'node:path';
import type { Config } from './config.js';
import type { ConfigFile } from './schema.js';

/**
 * The configuration as it takes effect, in the words and units of the file: every default is filled in
 * and every file name absolute. It holds no secret, because the file only names where they are.
 */
export function effectiveFile(given: ConfigFile, config: Config): unknown {
  const absolute = absoluteFiles(given, dirname(config.file)) as ConfigFile;
  return {
    ...absolute,
    data_dir: config.dataDir,
    log: { ...absolute.log, level: config.log.level },
    http: { ...absolute.http, token_file: config.http.tokenFile.path },
    vault: { ...absolute.vault, key_file: config.vault.keyFile.path },
    tenants: absolute.tenants.map((tenant, at) => {
      const session = (config.tenants[at]?.defaultTtl.session ?? 0) / 1000;
      return { ...tenant, default_ttl_seconds: { ...tenant.default_ttl_seconds, session } };
    }),
    trunks: absolute.trunks.map((trunk, at) => ({ ...trunk, country: config.trunks[at]?.country })),
  };
}

/** Whatever a key that ends in `_file` names; relative names are read from the file's directory. */
function absoluteFiles(part: unknown, directory: string): unknown {
  if (Array.isArray(part)) return part.map((item) => absoluteFiles(item, directory));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      key.endsWith('_file') && typeof value === 'string'
        ? resolve(directory, value)
        : absoluteFiles(value, directory),
    ]),
  );
}
