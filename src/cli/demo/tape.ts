import { isSilent, samplesIn } from './hearing.js';
import { readWav, type Sound } from './wav.js';

/** What happened when in a recorded call, on the clock of `performance.now()`. */
export interface Moments {
  readonly answered: number;
  readonly talk: number;
  readonly paused: number;
  readonly resumed: number;
  readonly ended: number;
}

/** A recording as the API gave it, beside what both phones heard of the same call. */
export interface Tape {
  readonly recordingId: string;
  readonly wav: Buffer;
  readonly sound: Sound;
  /** Where the recording begins, on the clock of the moments. */
  readonly begins: number;
  readonly moments: Moments;
  /** Samples that each phone heard from `answered` on. */
  readonly heard: Readonly<Record<'customer' | 'agent', Int16Array>>;
}

/** A stretch of one channel, by the clock of the moments. */
export function recorded(
  { sound, begins }: Pick<Tape, 'sound' | 'begins'>,
  channel: 0 | 1,
  from: number,
  to: number,
): Int16Array {
  const samples = sound.channels[channel] ?? new Int16Array();
  return samples.subarray(Math.max(0, samplesIn(from - begins)), samplesIn(to - begins));
}

/** Orders reach the media server some milliseconds before their answer reaches the script. */
const EDGE_MS = 120;

/** @throws Error when it is no recording of two channels, or something is heard of the pause. */
export function proveTape(wav: Buffer, begins: number, moments: Moments): Sound {
  const sound = readWav(wav);
  const [left, right] = sound.channels;
  if (left === undefined || right === undefined || sound.rate !== 8000) {
    throw new Error('the recording has not two channels of 8 kHz');
  }
  for (const channel of [0, 1] as const) {
    const { paused, resumed } = moments;
    const pause = recorded({ sound, begins }, channel, paused + EDGE_MS, resumed - EDGE_MS);
    if (pause.length === 0 || !isSilent(pause)) throw new Error('the pause is not silent');
  }
  return sound;
}
