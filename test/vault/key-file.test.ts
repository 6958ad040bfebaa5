import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VaultError } from '../../src/flows/ports/vault.js';
import { openKeyFile } from '../../src/vault/key-file.js';
import { temporaryDirectory } from '../support/sqlite-places.js';

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;

beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, 'vault.key');
});
afterEach(() => directory.remove());

const key = (version: number, byte: number, length = 32): string =>
  `callveil-vault-key ${version} ${Buffer.alloc(length, byte).toString('base64url')}\n`;

const open = (): ReturnType<typeof openKeyFile> => openKeyFile({ path, createIfMissing: false });

describe('a key file', () => {
  it('is made on the first start, for its owner only, and read again on the next', () => {
    const umask = process.umask(0);
    const made = openKeyFile({ path, createIfMissing: true });
    process.umask(umask);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const [again, once] = [open(), openKeyFile({ path, createIfMissing: true })];
    for (const keys of [again, once])
      expect(keys.current.secret.equals(made.current.secret)).toBe(true);
    expect(made.current.secret.symmetricKeySize).toBe(32);
    expect(made.current.version).toBe(1);
    expect(readdirSync(directory.path)).toEqual(['vault.key']);
  });

  it('is another key in each installation', () => {
    const elsewhere = join(directory.path, 'other.key');
    const one = openKeyFile({ path, createIfMissing: true });
    const two = openKeyFile({ path: elsewhere, createIfMissing: true });
    expect(one.current.secret.equals(two.current.secret)).toBe(false);
  });

  it('is not made when that is not wished: stored numbers need the old one', () => {
    expect(open).toThrow(`the vault key file ${path} is missing: restore it from your backup`);
    expect(existsSync(path)).toBe(false);
  });

  it.each([0o640, 0o604, 0o660, 0o644, 0o620, 0o601, 0o777])(
    'is refused with mode %o, with the command that helps',
    (mode) => {
      writeFileSync(path, key(1, 1));
      chmodSync(path, mode);
      expect(open).toThrow(VaultError);
      expect(open).toThrow(`run chmod 600 ${path}`);
      chmodSync(path, 0o600);
      expect(open().current.version).toBe(1);
    },
  );

  it('may be readable by its owner only', () => {
    writeFileSync(path, key(1, 1), { mode: 0o400 });
    expect(open().current.version).toBe(1);
  });

  it('seals with the highest version and looks up with the lowest, in any order', () => {
    writeFileSync(path, `# Rotated.\n\n${key(3, 3)}${key(1, 1)}${key(2, 2, 64)}`, { mode: 0o600 });
    const keys = open();
    expect(keys.current.version).toBe(3);
    expect(keys.lookup.version).toBe(1);
    expect([...keys.byVersion.keys()].sort()).toEqual([1, 2, 3]);
    expect(keys.byVersion.get(2)?.secret.symmetricKeySize).toBe(64);
  });

  it.each([
    ['empty', '', 'holds no key'],
    ['only a comment', '# nothing\n', 'holds no key'],
    ['too short a key', key(1, 1, 31), 'line 1 is not a vault key'],
    ['cut off', key(1, 1).slice(0, 40), 'line 1 is not a vault key'],
    ['no version', key(0, 1), 'line 1 is not a vault key'],
    ['something else', `# c\n-----BEGIN RSA-----\n`, 'line 2 is not a vault key'],
    ['a version twice', key(1, 1) + key(1, 2), 'line 2 repeats key version 1'],
  ])('is refused when it is %s', (_, text, message) => {
    writeFileSync(path, text, { mode: 0o600 });
    expect(open).toThrow(VaultError);
    expect(open).toThrow(message);
  });

  it('is named when it cannot be read at all', () => {
    mkdirSync(path, { mode: 0o700 });
    expect(open).toThrow(`the vault key file ${path} cannot be used (EISDIR)`);
  });

  it('never shows its key: not when printed, not in an error', () => {
    const keys = openKeyFile({ path, createIfMissing: true });
    const secret = readFileSync(path, 'utf8').trim().split(' ').at(-1)!;
    expect(inspect(keys, { depth: 9, showHidden: true })).not.toContain(secret);
    expect(JSON.stringify(keys)).not.toContain(secret);
    writeFileSync(path, `callveil-vault-key x ${secret}\n`, { mode: 0o600 });
    expect(open).toThrow('is not a vault key');
    expect(open).not.toThrow(secret);
  });
});
