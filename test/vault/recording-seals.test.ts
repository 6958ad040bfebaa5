import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordingId } from '../../src/domain/recordings/recording-id.js';
import type { ReadableFile, SealedRecordingName } from '../../src/flows/ports/recording-files.js';
import { recordingSeals } from '../../src/vault/recording-seals.js';
import { ACME, GLOBEX } from '../support/session-drafts.js';
import { testKeys } from '../support/session-house.js';

const SEGMENT = 65_536;
const HEAD = 48;
const NAME: SealedRecordingName = {
  tenant: ACME,
  id: 'rec_00000000000000000000000001' as RecordingId,
};
const seals = recordingSeals(testKeys());

async function* inParts(bytes: Buffer, part: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += part) {
    yield await Promise.resolve(bytes.subarray(at, at + part));
  }
}

const collect = async (parts: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
};

const sealed = (bytes: Buffer, name = NAME, part = 10_000): Promise<Buffer> =>
  collect(seals.seal(name, inParts(bytes, part)));

const file = (bytes: Buffer): ReadableFile => ({
  size: bytes.length,
  read: (at, length) => Promise.resolve(bytes.subarray(at, at + length)),
  close: () => Promise.resolve(),
});

async function opened(bytes: Buffer, name = NAME, by = seals): Promise<Buffer> {
  const recording = await by.unseal(name, file(bytes));
  return await collect(recording.read(0, recording.size - 1));
}

const DAMAGED = { name: 'RecordingFileError', fault: 'damaged' };
const pattern = (size: number): Buffer =>
  Buffer.from(Array.from({ length: size }, (_, i) => i % 251));

describe('a sealed recording', () => {
  it.each([0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT, 3 * SEGMENT + 17])(
    'of %i bytes opens as it was',
    async (size) => {
      const plain = pattern(size);
      const bytes = await sealed(plain);
      expect((await seals.unseal(NAME, file(bytes))).size).toBe(size);
      expect((await opened(bytes)).equals(plain)).toBe(true);
    },
  );

  it('shows nothing of what is in it, and differs each time', async () => {
    const plain = Buffer.alloc(4096, 'the customer says hello');
    const [one, two] = [await sealed(plain), await sealed(plain)];
    expect(one.includes('customer')).toBe(false);
    expect(one.subarray(HEAD)).not.toEqual(two.subarray(HEAD));
  });

  it('gives any part of it, whatever the parts it was sealed in', async () => {
    const plain = pattern(2 * SEGMENT + 1000);
    const bytes = await sealed(plain, NAME, 70_001);
    const recording = await seals.unseal(NAME, file(bytes));
    const within = fc.integer({ min: 0, max: plain.length - 1 });
    await fc.assert(
      fc.asyncProperty(within, within, async (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const part = await collect(recording.read(from, to));
        expect(part.equals(plain.subarray(from, to + 1))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('opens with a key that seals no longer', async () => {
    const bytes = await sealed(pattern(10));
    expect(await opened(bytes, NAME, recordingSeals(testKeys(7, [1, 2])))).toEqual(pattern(10));
  });
});

describe('a sealed recording does not open', () => {
  const plain = pattern(2 * SEGMENT + 1000);
  const unlucky = { ...NAME, id: 'rec_00000000000000000000000002' as RecordingId };

  it('when a single bit of it is another', async () => {
    const bytes = await sealed(plain);
    for (const at of [0, 8, 12, 20, HEAD, HEAD + SEGMENT, HEAD + SEGMENT + 20, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      await expect(opened(changed), `bit of byte ${at}`).rejects.toMatchObject(DAMAGED);
    }
  });

  it('when it was cut short, also between two segments, or made longer', async () => {
    const bytes = await sealed(plain);
    const segment = SEGMENT + 16;
    for (const size of [
      0,
      10,
      HEAD,
      HEAD + 15,
      HEAD + segment,
      HEAD + 2 * segment,
      bytes.length - 1,
    ]) {
      await expect(opened(bytes.subarray(0, size))).rejects.toMatchObject(DAMAGED);
    }
    const longer = Buffer.concat([bytes, Buffer.alloc(100)]);
    await expect(opened(longer)).rejects.toMatchObject(DAMAGED);
  });

  it('when its segments were put in another order, or taken from another file', async () => {
    const bytes = await sealed(plain);
    const segment = SEGMENT + 16;
    const part = (n: number): Buffer =>
      bytes.subarray(HEAD + n * segment, HEAD + (n + 1) * segment);
    const reordered = Buffer.concat([bytes.subarray(0, HEAD), part(1), part(0), part(2)]);
    await expect(opened(reordered)).rejects.toMatchObject(DAMAGED);
    const other = await sealed(plain);
    const grafted = Buffer.concat([
      bytes.subarray(0, HEAD + segment),
      other.subarray(HEAD + segment),
    ]);
    await expect(opened(grafted)).rejects.toMatchObject(DAMAGED);
  });

  it('in the place of another recording, or of another tenant', async () => {
    const bytes = await sealed(plain);
    await expect(opened(bytes, unlucky)).rejects.toMatchObject(DAMAGED);
    await expect(opened(bytes, { ...NAME, tenant: GLOBEX })).rejects.toMatchObject(DAMAGED);
  });

  it('with another key, or without its key', async () => {
    const bytes = await sealed(plain);
    for (const keys of [testKeys(99), testKeys(7, [2])]) {
      await expect(opened(bytes, NAME, recordingSeals(keys))).rejects.toMatchObject(DAMAGED);
    }
  });
});
