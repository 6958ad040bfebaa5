import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { OwnFile } from './config.js';
import type { ConfigIssue, ConfigPath } from './issues.js';

/** Reads the files that a configuration names, and keeps what is wrong with them instead of throwing. */
export class NamedFiles {
  readonly issues: ConfigIssue[] = [];
  /** What can be worked with, but hardly for long. */
  readonly doubts: ConfigIssue[] = [];
  readonly #directory: string;

  /** @param directory that of the configuration file: relative names are read from there. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  absolute(name: string): string {
    return isAbsolute(name) ? name : resolve(this.#directory, name);
  }

  /** The first line of a file that holds one secret; the rest may be a comment. */
  secret(name: string, path: ConfigPath): string {
    try {
      const [line = ''] = readFileSync(this.absolute(name), 'utf8').split(/\r?\n/, 1);
      const secret = line.trim();
      if (secret === '')
        this.issues.push({ path, message: 'names a file whose first line is empty' });
      return secret;
    } catch (error) {
      this.issues.push({ path, message: `names a file that ${whyUnreadable(error)}` });
      return '';
    }
  }

  /**
   * A file that the product makes for itself unless the operator named one. A named file that is
   * absent is an error: a mount that failed must not lead to a second vault key.
   */
  own(name: string | undefined, fallback: string, path: ConfigPath): OwnFile {
    if (name === undefined) return { path: fallback, createIfMissing: true };
    const absolute = this.absolute(name);
    if (!existsSync(absolute))
      this.issues.push({ path, message: 'names a file that does not exist' });
    return { path: absolute, createIfMissing: false };
  }
}

/** Why a file could not be read, without its name or contents: `does not exist`. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'does not exist',
    EACCES: 'may not be read by this user',
    EISDIR: 'is a directory',
  };
  return known[code] ?? `cannot be read (${code})`;
}
