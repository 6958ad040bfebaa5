import { frameSamples, type FrameSource } from './frame-source.js';

const silence = new Int16Array(frameSamples);

/** @param ms undefined: until it is stopped. */
export function playSilence(ms: number | undefined): FrameSource {
  let left = ms === undefined ? Infinity : Math.ceil(ms / 20);
  return { next: () => (left-- > 0 ? silence : undefined) };
}
