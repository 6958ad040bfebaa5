/** Samples of one frame: 20 ms of the 8 kHz at which everything is played, mixed and recorded. */
export const frameSamples = 160;

/** Something that is heard: linear PCM, 16 bit, 8 kHz, one channel. */
export interface FrameSource {
  /**
   * The next 160 samples; undefined: all was played. The last frame is filled up with silence. The
   * array is the source's own, valid until the next call.
   */
  next(): Int16Array | undefined;
}
