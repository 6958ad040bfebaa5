import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { VaultError } from '../flows/ports/vault.js';

/**
 * The key file is text: lines of `callveil-vault-key <version> <32 bytes or more in base64url>`,
 * and `#` comments. The highest version seals; every version listed still opens what it sealed.
 * The lowest version makes the keyed hashes, so that a new key can be added without losing sight
 * of the parties that are stored: never remove a line while rows of its version exist.
 */
export interface VaultKeys {
  /** Seals new rows. */
  readonly current: FileKey;
  /** Makes the keyed hashes. */
  readonly lookup: FileKey;
  readonly byVersion: ReadonlyMap<number, FileKey>;
}

/** A KeyObject prints nothing of its content, neither in a log nor in an error. */
export interface FileKey {
  readonly version: number;
  readonly secret: KeyObject;
}

export interface KeyFile {
  readonly path: string;
  /** Make a new key when there is no file. Never with a vault that holds rows: they need the old one. */
  readonly createIfMissing: boolean;
}

const LINE = /^callveil-vault-key ([1-9]\d{0,8}) ([A-Za-z0-9_-]{43,})$/;
const LEAST_KEY_BYTES = 32;

/**
 * Reads the key file, making it first when that is wished.
 * @throws VaultError when the file is missing, readable by others, or not a key file.
 */
export function openKeyFile({ path, createIfMissing }: KeyFile): VaultKeys {
  try {
    if (createIfMissing) createUnlessThere(path);
    refuseIfShared(path);
    return parseKeys(path, readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof VaultError) throw error;
    throw new VaultError(unusable(path, error), { cause: error });
  }
}

function unusable(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  if (code === 'ENOENT') {
    return `the vault key file ${path} is missing: restore it from your backup, no stored number can be read without it`;
  }
  return `the vault key file ${path} cannot be used (${code})`;
}

function refuseIfShared(path: string): void {
  const { mode } = statSync(path);
  if ((mode & 0o077) === 0) return;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  throw new VaultError(
    `the vault key file ${path} can be used by group or others (mode ${shown}): run chmod 600 ${path}`,
  );
}

/**
 * Written under another name and then linked, which fails when the name is taken: two processes
 * that start at once end up with one key, and neither reads the half-written file of the other.
 */
function createUnlessThere(path: string): void {
  if (exists(path)) return;
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const key = randomBytes(LEAST_KEY_BYTES).toString('base64url');
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(
      file,
      '# The key of the Callveil vault. Keep a copy elsewhere: without it no stored number can be read.\n' +
        `callveil-vault-key 1 ${key}\n`,
    );
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!exists(path)) throw error;
  } finally {
    unlinkSync(draft);
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function parseKeys(path: string, text: string): VaultKeys {
  const byVersion = new Map<number, FileKey>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const key = parseLine(line);
    // The line itself is a secret, so the message says where it is and no more.
    if (key === undefined) throw new VaultError(`${path} line ${index + 1} is not a vault key`);
    if (byVersion.has(key.version)) {
      throw new VaultError(`${path} line ${index + 1} repeats key version ${key.version}`);
    }
    byVersion.set(key.version, key);
  }
  const versions = [...byVersion.keys()].sort((a, b) => a - b);
  const lookup = byVersion.get(versions[0] ?? 0);
  const current = byVersion.get(versions.at(-1) ?? 0);
  if (lookup === undefined || current === undefined) {
    throw new VaultError(`the vault key file ${path} holds no key: restore it from your backup`);
  }
  return { current, lookup, byVersion };
}

function parseLine(line: string): FileKey | undefined {
  const [, version, base64] = LINE.exec(line.trimEnd()) ?? [];
  if (version === undefined || base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, 'base64url');
  if (bytes.length < LEAST_KEY_BYTES) return undefined;
  return { version: Number(version), secret: createSecretKey(bytes) };
}
