import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordingId } from '../../src/domain/recordings/recording-id.js';
import { rawDirectory } from '../../src/store/files/raw-directory.js';
import { sealedDirectory } from '../../src/store/files/sealed-directory.js';
import { ACME, GLOBEX } from '../support/session-drafts.js';
import { temporaryDirectory } from '../support/sqlite-places.js';

const ID = 'rec_00000000000000000000000001' as RecordingId;
const mode = (path: string): number => statSync(path).mode & 0o777;

let directory: ReturnType<typeof temporaryDirectory>;
let place: string;

beforeEach(() => {
  directory = temporaryDirectory();
  place = join(directory.path, 'recordings');
});
afterEach(() => directory.remove());

async function* parts(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

describe('the directory of a media server', () => {
  it('and the file in it are its owner’s alone', async () => {
    const path = await rawDirectory(place).prepare(ID);
    expect(path).toBe(join(place, `${ID}.wav`));
    expect(mode(path)).toBe(0o600);
    expect(mode(place)).toBe(0o700);
  });

  it('lets in the group of a media server that runs as another user, where it is set up so', async () => {
    mkdirSync(place);
    chmodSync(place, 0o770);
    expect(mode(await rawDirectory(place).prepare(ID))).toBe(0o660);
  });

  it('takes no recording when there is little room', async () => {
    const full = rawDirectory(place, Number.MAX_SAFE_INTEGER);
    await expect(full.prepare(ID)).rejects.toMatchObject({ fault: 'full' });
    expect(readdirSync(place)).toEqual([]);
  });

  it('says so when it cannot be written', async () => {
    writeFileSync(place, 'a file where the directory should be');
    await expect(rawDirectory(place).prepare(ID)).rejects.toMatchObject({ fault: 'unwritable' });
  });

  it('never writes over a recording that is there', async () => {
    const raw = rawDirectory(place);
    await raw.prepare(ID);
    await expect(raw.prepare(ID)).rejects.toMatchObject({ fault: 'unwritable' });
  });

  it('names its recordings and nothing else', async () => {
    const raw = rawDirectory(place);
    expect(await raw.list()).toEqual([]);
    await raw.prepare(ID);
    for (const name of ['notes.txt', 'rec_1.wav', `${ID}.wav.part`])
      writeFileSync(join(place, name), '');
    expect(await raw.list()).toEqual([ID]);
  });

  it('says how a recording grows, reads and forgets it', async () => {
    const raw = rawDirectory(place);
    expect(await raw.look(ID)).toBeUndefined();
    await expect(raw.open(ID)).rejects.toMatchObject({ fault: 'missing' });
    writeFileSync(await raw.prepare(ID), 'samples');
    expect(await raw.look(ID)).toMatchObject({ size: 7 });
    const file = await raw.open(ID);
    expect(Buffer.from(await file.read(3, 100)).toString()).toBe('ples');
    await file.close();
    await raw.remove(ID);
    await raw.remove(ID);
    expect(await raw.list()).toEqual([]);
  });
});

describe('the directory of sealed recordings', () => {
  it('keeps each tenant’s apart, its owner’s alone', async () => {
    const sealed = sealedDirectory(place);
    await sealed.write(ACME, ID, parts('sealed ', 'bytes'));
    expect(mode(join(place, 'acme'))).toBe(0o700);
    expect(mode(join(place, 'acme', `${ID}.sealed`))).toBe(0o600);
    const file = await sealed.open(ACME, ID);
    expect(Buffer.from(await file.read(0, file.size)).toString()).toBe('sealed bytes');
    await file.close();
    await expect(sealed.open(GLOBEX, ID)).rejects.toMatchObject({ fault: 'missing' });
  });

  it('shows no half-written recording, and keeps the former one when writing fails', async () => {
    const sealed = sealedDirectory(place);
    await sealed.write(ACME, ID, parts('whole'));
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield* parts('half');
      throw Object.assign(new Error('write'), { code: 'ENOSPC' });
    };
    await expect(sealed.write(ACME, ID, failing())).rejects.toMatchObject({ fault: 'full' });
    expect(readdirSync(join(place, 'acme'))).toEqual([`${ID}.sealed`]);
    const file = await sealed.open(ACME, ID);
    expect(file.size).toBe(5);
    await file.close();
  });

  it('forgets a recording', async () => {
    const sealed = sealedDirectory(place);
    await sealed.write(ACME, ID, parts('gone'));
    await sealed.remove(ACME, ID);
    await sealed.remove(ACME, ID);
    expect(existsSync(join(place, 'acme', `${ID}.sealed`))).toBe(false);
  });
});
