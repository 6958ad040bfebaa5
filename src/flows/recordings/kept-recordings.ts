import type { Recording } from '../../domain/recordings/recording.js';
import type { RecordingId } from '../../domain/recordings/recording-id.js';
import type { TenantId } from '../../domain/sessions/session.js';
import type { Audit } from '../ports/audit.js';
import {
  RecordingFileError,
  type ReadableFile,
  type UnsealedRecording,
} from '../ports/recording-files.js';
import type { RecordingHouse } from './recording-house.js';
import { RecordingProblem } from './recording-problem.js';

type Keeper = Pick<RecordingHouse, 'store' | 'raw' | 'sealed' | 'seals' | 'log'> & {
  readonly audit: Audit;
};

/** Who asks, and in which request. */
export interface Asker {
  readonly tenant: TenantId;
  readonly requestId: string;
}

/** @throws RecordingProblem unknown-recording; StoreError. */
export async function findRecording(
  { store }: Pick<Keeper, 'store'>,
  tenant: TenantId,
  id: RecordingId,
): Promise<Recording> {
  const found = await store.find(tenant, id);
  if (found === undefined) throw new RecordingProblem('unknown-recording');
  return found;
}

/** The audio of a recording, unsealed as it is read; its end has been proved before. */
export interface OpenRecording {
  /** Bytes of the WAV file. */
  readonly size: number;
  /** Bytes `from` to `to`, the last included. */
  read(from: number, to: number): AsyncGenerator<Uint8Array>;
  /** Due once, read or not: a reader that never began cannot close. */
  close(): Promise<void>;
}

/** @throws RecordingProblem (unknown-recording, recording-unfinished, -gone, -damaged); StoreError. */
export async function openRecording(
  keeper: Keeper,
  { tenant, requestId }: Asker,
  id: RecordingId,
): Promise<OpenRecording> {
  const { status } = await findRecording(keeper, tenant, id);
  if (status === 'failed' || status === 'deleted') throw new RecordingProblem('recording-gone');
  if (status !== 'available') throw new RecordingProblem('recording-unfinished');
  const { file, unsealed } = await unseal(keeper, tenant, id);
  keeper.audit.note({ action: 'recording-downloaded', tenant, recordingId: id, requestId });
  return {
    size: unsealed.size,
    read: async function* (from, to) {
      try {
        yield* unsealed.read(from, to);
      } catch (error) {
        throw damaged(keeper, id, error);
      }
    },
    close: () => file.close(),
  };
}

async function unseal(
  keeper: Keeper,
  tenant: TenantId,
  id: RecordingId,
): Promise<{ readonly file: ReadableFile; readonly unsealed: UnsealedRecording }> {
  let file: ReadableFile | undefined;
  try {
    file = await keeper.sealed.open(tenant, id);
    return { file, unsealed: await keeper.seals.unseal({ tenant, id }, file) };
  } catch (error) {
    await file?.close();
    throw damaged(keeper, id, error);
  }
}

function damaged({ log }: Keeper, recordingId: RecordingId, error: unknown): RecordingProblem {
  const fault = error instanceof RecordingFileError ? error.fault : 'unreadable';
  log.error('A recording cannot be opened', { recordingId, fault });
  return new RecordingProblem('recording-damaged');
}

/**
 * Removes the audio; what is known of it stays, as deleted. The file goes first, so that nothing is
 * called deleted that could still be heard; what a crash leaves in between is deleted by asking again.
 * @throws RecordingProblem (unknown-recording, recording-unfinished); RecordingFileError; StoreError.
 */
export async function deleteRecording(
  keeper: Keeper,
  { tenant, requestId }: Asker,
  id: RecordingId,
): Promise<void> {
  const { status } = await findRecording(keeper, tenant, id);
  if (status === 'deleted') return;
  if (status !== 'available' && status !== 'failed') {
    throw new RecordingProblem('recording-unfinished');
  }
  await keeper.sealed.remove(tenant, id);
  await keeper.raw.remove(id);
  await keeper.store.advance(id, { is: 'deleted' });
  keeper.audit.note({ action: 'recording-deleted', tenant, recordingId: id, requestId });
}
