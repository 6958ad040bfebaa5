import type { Recording } from '../../domain/recordings/recording.js';
import type { RecordingId } from '../../domain/recordings/recording-id.js';
import type { RecordingHouse } from './recording-house.js';
import type { SealingQueue } from './sealing-queue.js';

/** What a former run left behind, as it was before this one took its first call. */
export interface LeftBehind {
  readonly unfinished: readonly Recording[];
  readonly files: readonly RecordingId[];
}

/** To be asked before the first call, so that no recording of this run is taken for an old one. */
export async function leftBehind({ store, raw, node, log }: RecordingHouse): Promise<LeftBehind> {
  const unfinished = await store.unfinished(node);
  const files = await raw.list().catch((error: unknown) => {
    log.error('Recordings of a former run cannot be listed', {
      err: error instanceof Error ? error : undefined,
    });
    return [];
  });
  return { unfinished, files };
}

/**
 * Finishes what a crash cut off, while calls come in: each recording gets what had reached the disk,
 * is sealed and registered. A file that belongs to no recording is told of and left alone.
 */
export async function recoverRecordings(
  { unfinished, files }: LeftBehind,
  queue: SealingQueue,
  house: RecordingHouse,
): Promise<void> {
  for (const recording of unfinished) {
    const ended =
      recording.status === 'processing'
        ? recording
        : await house.store.advance(recording.id, {
            is: 'ended',
            reason: 'crash',
            at: house.clock.now(),
          });
    if (ended !== undefined) queue.put(ended, false);
  }
  if (unfinished.length > 0) {
    house.log.warn('Recordings of a crashed run are being sealed', { count: unfinished.length });
  }
  const known = new Set(unfinished.map(({ id }) => id));
  for (const id of files) if (!known.has(id)) await judgeFile(id, house);
}

/** A plain file whose recording is finished, or that has none. */
async function judgeFile(id: RecordingId, house: RecordingHouse): Promise<void> {
  const { store, raw, log } = house;
  const owner = await store.owner(id);
  switch (owner?.status) {
    case 'available':
    case 'deleted':
      // The crash came between the row and the removal; the sealed file had been proved before.
      await raw.remove(id);
      log.info('Plain file of a finished recording removed', { recordingId: id });
      break;
    case 'failed':
      log.warn('Plain file of a failed recording is kept', { recordingId: id });
      break;
    default:
      log.error('Plain file without a recording of this node is kept', { recordingId: id });
  }
}
