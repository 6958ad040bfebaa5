import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallId } from '../../../src/domain/records/leg-record.js';
import { minutes } from '../../../src/domain/time.js';
import { MediaFailed, type MediaEndpoint } from '../../../src/flows/ports/media.js';
import { CallRecorder } from '../../../src/flows/recordings/call-recorder.js';
import type { SealingQueue } from '../../../src/flows/recordings/sealing-queue.js';
import { recordingHouse, until, type TestRecordings } from '../../support/recording-house.js';
import { NOT_RECORDED } from '../../support/recordings.js';
import { ACME } from '../../support/session-drafts.js';
import { toneWav } from '../../support/wav.js';

let at: TestRecordings;
let queue: SealingQueue;
/** What the media server was asked for. */
let said: string[];
/** It refuses to write silence from here on. */
let unmaskable: boolean;
/** The call was told that it is not recorded. */
let unrecorded: number;
beforeEach(() => {
  at = recordingHouse();
  queue = at.queue();
  [said, unmaskable, unrecorded] = [[], false, 0];
});
afterEach(async () => {
  await queue.close();
  at.close();
});

const does = (what: string) => (): Promise<void> => {
  said.push(what);
  const refused = what === 'mask' && unmaskable;
  return refused ? Promise.reject(new MediaFailed('gone')) : Promise.resolve();
};

/** Records a call for a minute, pauses, and waits until the media server has been told `turns` things. */
async function pausedForTooLong(turns: number): Promise<CallRecorder> {
  const endpoint = {
    record: async (path: string) => {
      await does('record')();
      writeFileSync(path, toneWav(100, [440, 1000]));
      return { mask: does('mask'), unmask: does('unmask'), stop: does('stop') };
    },
  } as unknown as MediaEndpoint;
  const recorder = new CallRecorder(
    {
      id: 'call_00000000000000000000000001' as CallId,
      tenant: ACME,
      session: undefined,
      dids: [],
      consent: { a: 'announced', b: 'announced' },
      endpoint,
      log: at.house.log,
    },
    { ...NOT_RECORDED, mode: 'always', maxDuration: minutes(1) },
    at.house,
    queue,
    { began: () => undefined, unrecorded: () => void (unrecorded += 1) },
  );
  await recorder.start('policy');
  await recorder.pause();
  unmaskable = turns > 5;
  at.house.clock.advance(minutes(1));
  await until(() => said.length >= turns, `thing ${turns} that is said to the media server`);
  return recorder;
}

const rows = () => at.house.store.list({ tenant: ACME, limit: 10 });

describe('the recording that follows one which was paused when it was long enough', () => {
  it('is silent and paused as well, until somebody lets it go on', async () => {
    const recorder = await pausedForTooLong(5);
    expect(said).toEqual(['record', 'mask', 'stop', 'record', 'mask']);
    expect(await rows()).toMatchObject([{ status: 'paused' }, { reason: 'max-duration' }]);
    expect(await recorder.resume()).toMatchObject({ status: 'recording' });
    expect(said.at(-1)).toBe('unmask');
    await recorder.ended();
  });

  it('ends when it cannot be silent, and its call is told that it is not recorded', async () => {
    const recorder = await pausedForTooLong(6);
    await recorder.ended();
    expect(said).toEqual(['record', 'mask', 'stop', 'record', 'mask', 'stop']);
    expect((await rows())[0]).toMatchObject({ reason: 'media-lost' });
    expect(unrecorded).toBe(1);
  });
});
