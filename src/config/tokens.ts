import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TenantId } from '../domain/sessions/session.js';
import type { Config } from './config.js';
import { ConfigError, type ConfigIssue } from './issues.js';
import { whyUnreadable } from './secrets.js';

/** A bearer token as the API keeps it: whose it is and what it hashes to, never the token. */
export interface ApiToken {
  readonly tenant: TenantId;
  /** SHA-256 of the token: 32 bytes. */
  readonly sha256: Uint8Array;
}

/**
 * Reads `tenant:token` lines. The default file is made on first start with one random token for
 * each tenant; a file that the configuration names must exist.
 * @throws ConfigError with every line that cannot be used, by its number and without its token.
 */
export function loadApiTokens(config: Config): readonly ApiToken[] {
  const { path, createIfMissing } = config.http.tokenFile;
  if (createIfMissing) createOnce(path, config);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([
      { path: ['http', 'token_file'], message: `${path} ${whyUnreadable(error)}` },
    ]);
  }
  return parseTokens(text, config);
}

function parseTokens(text: string, config: Config): ApiToken[] {
  const tokens: ApiToken[] = [];
  const issues: ConfigIssue[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', token = ''] = /^([^:]+):\s*(\S+)$/.exec(line) ?? [];
    const problem = tokenProblem(name, token, config);
    if (problem === undefined) {
      tokens.push({
        tenant: name as TenantId,
        sha256: createHash('sha256').update(token).digest(),
      });
    } else {
      issues.push({ path: ['http', 'token_file'], message: problem, line: index + 1 });
    }
  }
  if (issues.length > 0) throw new ConfigError(issues);
  return tokens;
}

function tokenProblem(name: string, token: string, config: Config): string | undefined {
  if (name === '' || token === '') return 'has a line that is not tenant:token';
  if (token.length < 20) return 'has a token of less than 20 characters, which can be guessed';
  return config.tenants.some((tenant) => tenant.id === name)
    ? undefined
    : 'has a token of a tenant that is not in the configuration';
}

function createOnce(path: string, config: Config): void {
  const lines = config.tenants.map(
    (tenant) => `${tenant.id}:cv_${randomBytes(24).toString('base64url')}`,
  );
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // `wx`: two processes that start at once must not overwrite each other's tokens.
    writeFileSync(path, `${lines.join('\n')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw new ConfigError([
      { path: ['http', 'token_file'], message: `${path} ${whyUnreadable(error)}` },
    ]);
  }
}
