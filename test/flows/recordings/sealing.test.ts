import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Recording } from '../../../src/domain/recordings/recording.js';
import { seconds } from '../../../src/domain/time.js';
import { RecordingFileError } from '../../../src/flows/ports/recording-files.js';
import { StoreError } from '../../../src/flows/ports/store-error.js';
import type { RecordingHouse } from '../../../src/flows/recordings/recording-house.js';
import { recordingSeals } from '../../../src/vault/recording-seals.js';
import {
  ended,
  recordingHouse,
  THIRTY,
  until,
  type TestRecordings,
} from '../../support/recording-house.js';
import { testKeys } from '../../support/session-house.js';
import { toneWav } from '../../support/wav.js';

const WAV = toneWav(2500, [440, 1000]);

let at: TestRecordings;
beforeEach(() => (at = recordingHouse()));
afterEach(() => at.close());

/** Puts it into a queue over `house` and waits until nothing moves any more. */
async function sealed(one: Recording, house: RecordingHouse = at.house): Promise<Recording> {
  const queue = at.queue(house);
  queue.put(one, true);
  await queue.close();
  return await at.find(one.id);
}

describe('a recording that has ended', () => {
  it('is sealed, registered and no longer there in plain', async () => {
    const one = await at.left(WAV, ended());
    expect(await sealed(one)).toMatchObject({
      status: 'available',
      reason: 'call-ended',
      size: WAV.length,
      duration: 2500,
    });
    expect((await at.unsealed(one)).equals(WAV)).toBe(true);
    expect(readdirSync(at.rawPlace)).toEqual([]);
    expect(readFileSync(at.sealedPathOf(one)).includes(WAV.subarray(100, 116))).toBe(false);
    expect(at.house.metrics.calls).toContainEqual(['recordingFinished', 'available', 2500]);
    expect(at.house.metrics.calls.at(-1)).toEqual(['recordingsUnsealed', 0]);
  });

  it('gets a head that tells the truth, where its media server was killed', async () => {
    const killed = Buffer.from(WAV.subarray(0, WAV.length - 3));
    killed.writeUInt32LE(0, 4);
    killed.writeUInt32LE(0, 40);
    const one = await at.left(killed, ended());
    await sealed(one);
    const whole = await at.unsealed(one);
    expect(whole.readUInt32LE(40)).toBe(WAV.length - 44 - 4);
    expect(whole.length).toBe(WAV.length - 4);
  });

  it.each([
    ['no file', undefined],
    ['an empty file', Buffer.alloc(0)],
    ['a head and no sample', WAV.subarray(0, 44)],
  ])('has failed with %s, and nothing of it stays', async (_, file) => {
    const one = await at.left(file, ended());
    expect(await sealed(one)).toMatchObject({ status: 'failed', reason: 'no-audio' });
    expect(existsSync(at.pathOf(one.id))).toBe(false);
    expect(at.house.metrics.calls).toContainEqual(['recordingFinished', 'failed', undefined]);
  });

  it('has failed when its file is no WAV, which is then kept', async () => {
    const one = await at.left(Buffer.alloc(9000, 'x'), ended());
    expect(await sealed(one)).toMatchObject({ status: 'failed', reason: 'unreadable' });
    expect(existsSync(at.pathOf(one.id))).toBe(true);
    expect(at.house.log.lines.at(-1)).toMatchObject({ level: 'error' });
  });

  it('is registered when it was sealed and the crash came before the store knew', async () => {
    const one = await at.left(WAV, ended());
    await at.house.sealed.write(one.tenant, one.id, at.house.seals.seal(one, whole(WAV)));
    await at.house.raw.remove(one.id);
    expect(await sealed(one)).toMatchObject({ status: 'available', duration: 2500 });
  });
});

async function* whole(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

describe('a recording that cannot be sealed now', () => {
  const losses: readonly (readonly [string, () => Partial<RecordingHouse>])[] = [
    [
      'because the disk is full',
      () => ({
        sealed: {
          ...at.house.sealed,
          write: () => Promise.reject(new RecordingFileError('full', 'no room')),
        },
      }),
    ],
    [
      'because the store is away',
      () => ({
        store: {
          ...at.house.store,
          advance: () => Promise.reject(new StoreError('busy', 'locked')),
        },
      }),
    ],
    [
      'because what was written does not open again',
      () => ({
        seals: { ...recordingSeals(testKeys(99)), seal: (...args) => at.house.seals.seal(...args) },
      }),
    ],
  ];

  it.each(losses)('%s stays in plain and waits', async (_, loss) => {
    const one = await at.left(WAV, ended());
    expect(await sealed(one, { ...at.house, ...loss() })).toMatchObject({ status: 'processing' });
    expect(at.plain(one.id).equals(WAV)).toBe(true);
    expect(at.house.log.lines).toMatchObject([
      { level: 'error', message: 'Recording waits to be sealed' },
      { level: 'warn', message: 'Recordings are left to the next start' },
    ]);
    expect(at.house.metrics.calls.at(-1)).toEqual(['recordingsUnsealed', 1]);
  });

  it('holds up no shutdown for longer than ten seconds, and is left to the next start', async () => {
    const one = await at.left(WAV, ended());
    const hangs = { ...at.house.sealed, write: () => new Promise<never>(() => undefined) };
    const queue = at.queue({ ...at.house, sealed: hangs });
    queue.put(one, true);
    const closed = queue.close();
    at.house.clock.advance(seconds(10));
    await closed;
    expect(at.house.log.lines.at(-1)).toMatchObject({ level: 'warn', fields: { count: 1 } });
    expect(at.plain(one.id).equals(WAV)).toBe(true);
  });

  it('is sealed half a minute later, when the trouble is over', async () => {
    const one = await at.left(WAV, ended());
    let full = true;
    const queue = at.queue({
      ...at.house,
      sealed: {
        ...at.house.sealed,
        write: (...args) =>
          full
            ? Promise.reject(new RecordingFileError('full', 'no room'))
            : at.house.sealed.write(...args),
      },
    });
    queue.put(one, true);
    await until(() => at.house.log.lines.length > 0, 'the failure');
    full = false;
    at.house.clock.advance(THIRTY);
    await until(async () => (await at.find(one.id)).status === 'available', 'the sealed file');
    await queue.close();
  });

  it('is not read while somebody still writes to it', async () => {
    const one = await at.left(WAV.subarray(0, 8044), ended());
    const now = { ...at.house, clock: at.house.clock };
    let changedAt = at.house.clock.now();
    const queue = at.queue({
      ...now,
      raw: {
        ...at.house.raw,
        look: async (id) => {
          const look = await at.house.raw.look(id);
          return look && { ...look, changedAt };
        },
      },
    });
    queue.put(one, false);
    await until(() => at.house.clock.pending > 0, 'a pause');
    writeFileSync(at.pathOf(one.id), WAV);
    changedAt = at.house.clock.now();
    await at.house.clock.advanceAsync(THIRTY);
    await until(async () => (await at.find(one.id)).status === 'available', 'the sealed file');
    expect((await at.unsealed(one)).length).toBe(WAV.length);
    await queue.close();
  });
});
