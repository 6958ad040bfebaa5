import { readFileSync } from 'node:fs';

export interface StereoSound {
  readonly left: Int16Array;
  readonly right: Int16Array;
  /** As the header says. */
  readonly dataOctets: number;
}

/** A recording as a player reads it: no more than the header says. */
export function readStereo(path: string): StereoSound {
  const bytes = readFileSync(path);
  const dataOctets = bytes.readUInt32LE(40);
  const frames = Math.min(dataOctets, bytes.length - 44) / 4;
  const at = (channel: number): Int16Array =>
    Int16Array.from({ length: frames }, (_, index) => bytes.readInt16LE(44 + 4 * index + channel));
  return { left: at(0), right: at(2), dataOctets };
}

/** Power of one frequency in a stretch, as the amplitude of its sine (a single DFT bin). */
export function amplitudeAt(samples: Int16Array, hertz: number, rate = 8_000): number {
  let [real, imaginary] = [0, 0];
  samples.forEach((sample, index) => {
    const angle = (2 * Math.PI * hertz * index) / rate;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  });
  return (2 * Math.hypot(real, imaginary)) / samples.length;
}

export function sine(hertz: number, samples: number, amplitude = 8_000, rate = 8_000): Int16Array {
  return Int16Array.from({ length: samples }, (_, index) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hertz * index) / rate)),
  );
}

/** The longest run of silence within `samples[from..to)`. */
export function longestSilence(samples: Int16Array, from: number, to: number): number {
  let [longest, run] = [0, 0];
  for (let index = from; index < to; index += 1) {
    run = Math.abs(samples[index] ?? 0) <= 8 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** First and last sample that is not silence. */
export function span(samples: Int16Array): { first: number; last: number } {
  const loud = (sample: number): boolean => Math.abs(sample) > 8;
  return { first: samples.findIndex(loud), last: samples.findLastIndex(loud) };
}
