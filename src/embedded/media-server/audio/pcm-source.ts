import { frameSamples, type FrameSource } from './frame-source.js';

/** Plays samples from the given one on. */
export function playSamples(samples: Int16Array, from = 0): FrameSource {
  let at = from;
  const frame = new Int16Array(frameSamples);
  return {
    next: () => {
      if (at >= samples.length) return undefined;
      const part = samples.subarray(at, at + frameSamples);
      frame.set(part);
      frame.fill(0, part.length);
      at += frameSamples;
      return frame;
    },
  };
}
