import type { Recording, RecordingReason } from '../../domain/recordings/recording.js';
import {
  frameBytes,
  readWavHead,
  samplesIn,
  wavHead,
  type WavFormat,
} from '../../domain/recordings/wav.js';
import { millis, type Millis } from '../../domain/time.js';
import { RecordingFileError, type ReadableFile } from '../ports/recording-files.js';
import type { RecordingHouse } from './recording-house.js';

/** Enough of a file's beginning to find its samples, whatever chunks come first. */
const HEAD_BYTES = 4096;
const PART = 64 * 1024;

/** What became of the audio. */
type Outcome =
  | { readonly is: 'sealed'; readonly size: number; readonly duration: Millis }
  | { readonly is: 'failed'; readonly reason: Extract<RecordingReason, 'no-audio' | 'unreadable'> };

const NO_AUDIO: Outcome = { is: 'failed', reason: 'no-audio' };

/**
 * Turns the WAV file of a recording that has ended into a sealed one. The plain file goes only when
 * the sealed one would survive a power cut, opens again and is known to the store; what is done
 * once more after a crash ends the same. An empty file goes too; one that holds what we cannot read
 * stays for somebody who can.
 * @throws RecordingFileError, StoreError: nothing is lost, and it can be tried again.
 */
export async function sealRecording(recording: Recording, house: RecordingHouse): Promise<void> {
  const { id, tenant, callId } = recording;
  const { store, raw, log, metrics, clock } = house;
  const outcome = await sealAudio(recording, house);
  const about = { recordingId: id, callId, tenant };
  if (outcome.is === 'sealed') {
    await store.advance(id, outcome);
    metrics.recordingFinished('available', outcome.duration);
    log.info('Recording available', { ...about, duration_ms: outcome.duration });
  } else {
    await store.advance(id, { ...outcome, at: clock.now() });
    metrics.recordingFinished('failed', undefined);
    log.error('Recording failed', { ...about, reason: outcome.reason });
    if (outcome.reason === 'unreadable') return;
  }
  await raw.remove(id);
}

async function sealAudio(recording: Recording, house: RecordingHouse): Promise<Outcome> {
  const look = await house.raw.look(recording.id);
  if (look === undefined) return await alreadySealed(recording, house);
  const file = await house.raw.open(recording.id);
  try {
    const format = readWavHead(await file.read(0, HEAD_BYTES));
    if (format === undefined) {
      return file.size === 0 ? NO_AUDIO : { is: 'failed', reason: 'unreadable' };
    }
    const bytes = samplesIn(format, file.size);
    if (bytes === 0) return NO_AUDIO;
    const plain = repaired(file, format, bytes);
    await house.sealed.write(recording.tenant, recording.id, house.seals.seal(recording, plain));
    const duration = millis(Math.round((1000 * bytes) / (frameBytes(format) * format.rate)));
    return { is: 'sealed', size: await sealedSize(recording, house), duration };
  } finally {
    await file.close();
  }
}

/**
 * The file as a player wants it: a head whose lengths are those of the file, whatever a killed media
 * server left in its own, then the samples.
 */
async function* repaired(
  file: ReadableFile,
  format: WavFormat,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  yield wavHead(format, bytes);
  for (let at = 0; at < bytes;) {
    const part = await file.read(format.dataAt + at, Math.min(PART, bytes - at));
    if (part.length === 0) throw new RecordingFileError('missing', 'a recording became shorter');
    at += part.length;
    yield part;
  }
}

/** There is no plain file: it was sealed and the store not told, or there never was one. */
async function alreadySealed(recording: Recording, house: RecordingHouse): Promise<Outcome> {
  try {
    const size = await sealedSize(recording, house);
    // Ours are of two channels at 8 kHz: 32 bytes a millisecond.
    return { is: 'sealed', size, duration: millis(Math.round((size - 44) / 32)) };
  } catch (error) {
    if (error instanceof RecordingFileError && error.fault === 'missing') return NO_AUDIO;
    throw error;
  }
}

/** Proves that what was written opens again. */
async function sealedSize(of: Recording, { sealed, seals }: RecordingHouse): Promise<number> {
  const file = await sealed.open(of.tenant, of.id);
  try {
    return (await seals.unseal(of, file)).size;
  } finally {
    await file.close();
  }
}
