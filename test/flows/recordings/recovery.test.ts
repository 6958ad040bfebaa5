import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordingId } from '../../../src/domain/recordings/recording-id.js';
import { leftBehind, recoverRecordings } from '../../../src/flows/recordings/recover-recordings.js';
import { ended, recordingHouse, type TestRecordings } from '../../support/recording-house.js';
import { recording } from '../../support/recordings.js';
import { toneWav } from '../../support/wav.js';

const WAV = toneWav(4000, [440, 1000]);
/** As a media server leaves it that was killed: lengths of nothing, half a frame at the end. */
const CUT = ((): Buffer => {
  const file = Buffer.from(WAV.subarray(0, 44 + 32 * 2500 + 2));
  file.writeUInt32LE(0, 4);
  file.writeUInt32LE(0, 40);
  return file;
})();

let at: TestRecordings;
beforeEach(() => (at = recordingHouse()));
afterEach(() => at.close());

async function restart(): Promise<void> {
  const queue = at.queue();
  await recoverRecordings(await leftBehind(at.house), queue, at.house);
  await queue.close();
}

describe('after a crash', () => {
  it.each(['recording', 'paused'] as const)(
    'a recording that was %s is repaired, sealed and registered',
    async (status) => {
      const one = await at.left(CUT, { status });
      await restart();
      expect(await at.find(one.id)).toMatchObject({
        status: 'available',
        reason: 'crash',
        duration: 2500,
        size: 44 + 32 * 2500,
      });
      expect((await at.unsealed(one)).subarray(44).equals(WAV.subarray(44, 44 + 32 * 2500))).toBe(
        true,
      );
      expect(readdirSync(at.rawPlace)).toEqual([]);
    },
  );

  it('one that had ended keeps why', async () => {
    const one = await at.left(WAV, ended({ reason: 'stopped' }));
    await restart();
    expect(await at.find(one.id)).toMatchObject({ status: 'available', reason: 'stopped' });
  });

  it('one of which nothing had reached the disk has failed', async () => {
    const one = await at.left(Buffer.alloc(0));
    await restart();
    expect(await at.find(one.id)).toMatchObject({ status: 'failed', reason: 'no-audio' });
  });

  it('a second start, and a third crash in the middle, change nothing more', async () => {
    const one = await at.left(CUT);
    await restart();
    const [row, file] = [await at.find(one.id), readFileSync(at.sealedPathOf(one))];
    await restart();
    expect(await at.find(one.id)).toEqual(row);
    expect(readFileSync(at.sealedPathOf(one)).equals(file)).toBe(true);
  });

  it('leaves alone what another node records', async () => {
    const one = await at.left(CUT, { node: 'n2' });
    await restart();
    expect(await at.find(one.id)).toMatchObject({ status: 'recording' });
    expect(existsSync(at.pathOf(one.id))).toBe(true);
  });

  it('leaves alone what begins while it is at work', async () => {
    const old = await at.left(CUT);
    const left = await leftBehind(at.house);
    const fresh = await at.left(CUT);
    const queue = at.queue();
    await recoverRecordings(left, queue, at.house);
    await queue.close();
    expect(await at.find(old.id)).toMatchObject({ status: 'available' });
    expect(await at.find(fresh.id)).toMatchObject({ status: 'recording', reason: undefined });
    expect(existsSync(at.pathOf(fresh.id))).toBe(true);
  });

  it('tells of a file that belongs to no recording, and keeps it', async () => {
    const stray = recording().id;
    await at.house.raw.prepare(stray);
    await restart();
    expect(existsSync(at.pathOf(stray))).toBe(true);
    expect(at.house.log.lines).toMatchObject([{ level: 'error', fields: { recordingId: stray } }]);
  });

  it('removes the plain file of a recording that was sealed and proved before', async () => {
    const one = await at.left(WAV, { status: 'available', size: WAV.length });
    await restart();
    expect(existsSync(at.pathOf(one.id))).toBe(false);
  });

  it('keeps the plain file of one that failed', async () => {
    const one = await at.left(Buffer.alloc(5000, 'x'), { status: 'failed', reason: 'unreadable' });
    await restart();
    expect(existsSync(at.pathOf(one.id))).toBe(true);
  });

  it('goes on when the directory of the media server cannot be read', async () => {
    const one = await at.left(WAV, ended());
    const blind = {
      ...at.house,
      raw: { ...at.house.raw, list: () => Promise.reject(new Error('EACCES')) },
    };
    const queue = at.queue();
    await recoverRecordings(await leftBehind(blind), queue, at.house);
    await queue.close();
    expect(await at.find(one.id)).toMatchObject({ status: 'available' });
    expect(at.house.log.lines[0]).toMatchObject({ level: 'error' });
  });
});

describe('what lies on the disk', () => {
  it('is named by the recording alone', async () => {
    const one = await at.left(WAV, ended());
    await restart();
    const names = readdirSync(join(at.sealedPlace, one.tenant));
    expect(names).toEqual([`${one.id}.sealed`] satisfies [`${RecordingId}.sealed`]);
  });
});
