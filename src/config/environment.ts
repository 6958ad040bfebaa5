import { resolve } from 'node:path';
import type { Config } from './config.js';
import type { ConfigIssue } from './issues.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/**
 * What the environment may override. Only what differs between two starts of one installation is
 * here; everything else has one home, the file.
 */
export function fromEnvironment(environment: Environment): {
  readonly dataDir: string | undefined;
  readonly logLevel: Config['log']['level'] | undefined;
  readonly issues: readonly ConfigIssue[];
} {
  const dataDir = set(environment.CALLVEIL_DATA_DIR);
  const level = set(environment.CALLVEIL_LOG_LEVEL);
  const logLevel = LEVELS.find((known) => known === level);
  return {
    // Unlike names in the file, a name typed into a shell is relative to where it was typed.
    dataDir: dataDir === undefined ? undefined : resolve(dataDir),
    logLevel,
    issues:
      level === undefined || logLevel !== undefined
        ? []
        : [{ path: ['CALLVEIL_LOG_LEVEL'], message: `must be one of ${LEVELS.join(', ')}` }],
  };
}

/** The file to load: the one given on the command line, CALLVEIL_CONFIG, or ./callveil.yaml. */
export function configPath(given?: string, environment: Environment = process.env): string {
  return given ?? set(environment.CALLVEIL_CONFIG) ?? 'callveil.yaml';
}

const set = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
