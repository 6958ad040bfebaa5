import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Config } from './config.js';
import { crossCheck } from './cross-check.js';
import { doubts } from './doubts.js';
import { effectiveFile } from './effective.js';
import { fromEnvironment, type Environment } from './environment.js';
import { ConfigError, type ConfigIssue } from './issues.js';
import { resolveConfig } from './resolve.js';
import { issuesOfSchema } from './schema-issues.js';
import { configSchema } from './schema.js';
import { NamedFiles, whyUnreadable } from './secrets.js';
import { readYaml, type YamlSource } from './yaml-source.js';

/**
 * Reads the configuration file, the secrets it names and the few environment variables that
 * override it (environment.ts).
 * @throws ConfigError with every issue at once, never the first alone.
 */
export function loadConfig(path: string, environment: Environment = process.env): Config {
  return readConfig(path, environment).config;
}

/** The same, and how it takes effect in the words of the file, for whoever wrote it. */
export function readConfig(
  path: string,
  environment: Environment = process.env,
): { readonly config: Config; readonly effective: unknown } {
  const file = resolve(path);
  const source = readYaml(readText(file));
  failOn(source.issues, source);

  const overrides = fromEnvironment(environment);
  const parsed = configSchema.safeParse(source.value ?? {});
  if (!parsed.success) {
    throw withLines([...issuesOfSchema(parsed.error, source.value), ...overrides.issues], source);
  }
  const files = new NamedFiles(dirname(file));
  const resolved = resolveConfig(parsed.data, files, {
    file,
    dataDir: overrides.dataDir ?? files.absolute(parsed.data.data_dir),
  });
  failOn([...crossCheck(parsed.data), ...files.issues, ...overrides.issues], source);
  const config = {
    ...resolved,
    log: { level: overrides.logLevel ?? resolved.log.level },
    warnings: located([...doubts(parsed.data), ...files.doubts], source),
  };
  return { config, effective: effectiveFile(parsed.data, config) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([{ path: [], message: `${file} ${whyUnreadable(error)}` }]);
  }
}

function failOn(issues: readonly ConfigIssue[], source: YamlSource): void {
  if (issues.length > 0) throw withLines(issues, source);
}

const withLines = (issues: readonly ConfigIssue[], source: YamlSource): ConfigError =>
  new ConfigError(located(issues, source));

/** Adds to each issue the line it is about. */
function located(issues: readonly ConfigIssue[], source: YamlSource): ConfigIssue[] {
  return issues.map((issue) => {
    const line = issue.line ?? source.lineOf(issue.path);
    return line === undefined ? issue : { ...issue, line };
  });
}
