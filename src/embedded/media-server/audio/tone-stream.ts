import type { FrameSource } from './frame-source.js';

/** Not the grammar of tone_stream. */
export class UnreadableTones extends Error {
  override readonly name = 'UnreadableTones';
}

/**
 * What FreeSWITCH's `tone_stream://` is followed by, such as `%(1000,4000,425);loops=-1`.
 * @throws UnreadableTones
 */
export function playTones(description: string): FrameSource {
  throw new UnreadableTones(description);
}
