import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recording } from '../../src/domain/recordings/recording.js';
import type { RecordingId } from '../../src/domain/recordings/recording-id.js';
import { seconds } from '../../src/domain/time.js';
import type { RecordingHouse } from '../../src/flows/recordings/recording-house.js';
import { SealingQueue } from '../../src/flows/recordings/sealing-queue.js';
import { rawDirectory } from '../../src/store/files/raw-directory.js';
import { sealedDirectory } from '../../src/store/files/sealed-directory.js';
import { recordingSeals } from '../../src/vault/recording-seals.js';
import { FakeClock } from './fake-clock.js';
import { FixedIds } from './fixed-ids.js';
import { recordingLog, recordingMetrics } from './recording-telemetry.js';
import { recording } from './recordings.js';
import { ACME } from './session-drafts.js';
import { testKeys } from './session-house.js';
import { sqliteMemory, temporaryDirectory } from './sqlite-places.js';

/** Real store, directories and seals in a place of their own; time stands still in the far future. */
export function recordingHouse() {
  const directory = temporaryDirectory();
  const rawPlace = join(directory.path, 'raw');
  const sealedPlace = join(directory.path, 'sealed');
  const place = sqliteMemory();
  const house = {
    store: place.store.recordings,
    raw: rawDirectory(rawPlace),
    sealed: sealedDirectory(sealedPlace),
    seals: recordingSeals(testKeys()),
    clock: new FakeClock(Date.UTC(2099, 0, 1)),
    ids: new FixedIds(),
    log: recordingLog(),
    metrics: recordingMetrics(),
    node: 'n1',
  } satisfies RecordingHouse;
  const pathOf = (id: RecordingId): string => join(rawPlace, `${id}.wav`);

  return {
    house,
    sessions: place.store.sessions,
    rawPlace,
    sealedPlace,
    pathOf,
    sealedPathOf: ({ tenant, id }: Recording) => join(sealedPlace, tenant, `${id}.sealed`),
    queue: (over: RecordingHouse = house) => new SealingQueue(over),
    /** A recording in this state, with this file, as a media server and a crash leave them. */
    left: async (file: Uint8Array | undefined, change: Partial<Recording> = {}) => {
      const one = recording(change);
      await house.store.add(one);
      if (file !== undefined) writeFileSync(await house.raw.prepare(one.id), file);
      return one;
    },
    find: async (id: RecordingId): Promise<Recording> => {
      const found = await house.store.owner(id);
      if (found === undefined) throw new Error('no such recording');
      return found;
    },
    /** The WAV file that is sealed, opened again. */
    unsealed: async ({ id, tenant }: Pick<Recording, 'id' | 'tenant'>): Promise<Buffer> => {
      const file = await house.sealed.open(tenant, id);
      const recording = await house.seals.unseal({ tenant, id }, file);
      const parts: Uint8Array[] = [];
      for await (const part of recording.read(0, recording.size - 1)) parts.push(part);
      await file.close();
      return Buffer.concat(parts);
    },
    plain: (id: RecordingId): Buffer => readFileSync(pathOf(id)),
    close: () => {
      place.close();
      directory.remove();
    },
  };
}

export type TestRecordings = ReturnType<typeof recordingHouse>;

/** A recording that has ended and waits to be sealed. */
export const ended = (change: Partial<Recording> = {}): Partial<Recording> => ({
  tenant: ACME,
  status: 'processing',
  reason: 'call-ended',
  ...change,
});

/** Waits in real time, for what the disk does takes some. */
export async function until(done: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let turn = 0; turn < 500; turn += 1) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what} has not come within 5 s`);
}

export const THIRTY = seconds(30);
