import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PermittedPaths } from '../../../src/embedded/media-server/files/permitted-paths.js';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'callveil-paths-')));
const inside = join(root, 'sounds');
const outside = join(root, 'secret');
mkdirSync(join(inside, 'en'), { recursive: true });
mkdirSync(outside);
writeFileSync(join(inside, 'en', 'hello.wav'), '');
writeFileSync(join(outside, 'key.wav'), '');
symlinkSync(outside, join(inside, 'way-out'));
symlinkSync(join(outside, 'key.wav'), join(inside, 'link.wav'));
symlinkSync(inside, join(root, 'alias'));

afterAll(() => rmSync(root, { recursive: true }));

const paths = new PermittedPaths([inside]);

describe('paths that an application names', () => {
  it('are read below the directory, however they are written', async () => {
    const hello = join(inside, 'en', 'hello.wav');
    expect(await paths.toRead(hello)).toBe(hello);
    expect(await paths.toRead('en/hello.wav')).toBe(hello);
    expect(await paths.toRead(join(root, 'alias', 'en/hello.wav'))).toBe(hello);
  });

  it.each([
    join(outside, 'key.wav'),
    '../secret/key.wav',
    `${inside}/en/../../secret/key.wav`,
    'way-out/key.wav',
    'link.wav',
    `${inside}-not/key.wav`,
    'en/hello.wav\0.txt',
    'en',
    '',
    '/etc/passwd',
  ])('are not read from elsewhere: %s', async (path) => {
    const found = await paths.toRead(path);
    expect(found === undefined || found === join(inside, 'en')).toBe(true);
  });

  it('are written below the directory, in directories that are made for them', async () => {
    expect(await paths.toWrite(join(inside, 'a/b/c.wav'))).toBe(join(inside, 'a/b/c.wav'));
    expect(await paths.toWrite('new.wav')).toBe(join(inside, 'new.wav'));
  });

  it.each([
    join(outside, 'new.wav'),
    '../secret/new.wav',
    'way-out/new.wav',
    'way-out/deep/new.wav',
    'link.wav',
    inside,
    '',
  ])('are not written elsewhere: %s', async (path) => {
    expect(await paths.toWrite(path)).toBeUndefined();
  });

  it('lead nowhere without a directory', async () => {
    expect(await new PermittedPaths([]).toRead('/etc/passwd')).toBeUndefined();
    expect(await new PermittedPaths([]).toWrite('x.wav')).toBeUndefined();
  });
});
