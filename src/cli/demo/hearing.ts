/** What a listener makes of 8 kHz samples. */

const RATE = 8000;
const FRAME = RATE / 50;
/** RMS of 32767 above which a 20 ms frame is sound and not the noise of a line. */
const AUDIBLE = 200;
/** The samples of silence in either law stay below this. */
const SILENT = 64;

export const samplesIn = (ms: number): number => Math.round((ms * RATE) / 1000);
export const lengthOf = (samples: Int16Array): number => (1000 * samples.length) / RATE;

export function loudness(samples: Int16Array): number {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  return samples.length === 0 ? 0 : Math.sqrt(power / samples.length);
}

/** Milliseconds in which there is something to hear. */
export function audibleMs(samples: Int16Array): number {
  let frames = 0;
  for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
    if (loudness(samples.subarray(at, at + FRAME)) > AUDIBLE) frames += 1;
  }
  return frames * 20;
}

export const isSilent = (samples: Int16Array): boolean =>
  samples.every((sample) => Math.abs(sample) < SILENT);

/** Share of the power that is in one tone (Goertzel): near 1 for that tone alone. */
export function toneShare(samples: Int16Array, hertz: number): number {
  const step = 2 * Math.cos((2 * Math.PI * hertz) / RATE);
  let [before, last, power] = [0, 0, 0];
  for (const sample of samples) {
    [before, last] = [last, sample + step * last - before];
    power += sample * sample;
  }
  const tone = before * before + last * last - step * before * last;
  return power === 0 ? 0 : (2 * tone) / (samples.length * power);
}

/** So much is enough to know words by. */
const WORDS = RATE / 5;

/**
 * How surely `said` is in `heard`, wherever it begins there: the best normalised correlation of its
 * loudest fifth of a second. 1 is certain; other words stay well below 0.7.
 */
export function likeness(said: Int16Array, heard: Int16Array): number {
  const words = loudestPart(said);
  const own = loudness(words) * Math.sqrt(words.length);
  let [best, power] = [0, 0];
  for (let at = 0; at < heard.length; at += 1) {
    power += (heard[at] ?? 0) ** 2 - (heard[at - words.length] ?? 0) ** 2;
    const from = at - words.length + 1;
    if (from < 0 || power < AUDIBLE ** 2 * words.length) continue;
    let product = 0;
    for (let n = 0; n < words.length; n += 1) product += (words[n] ?? 0) * (heard[from + n] ?? 0);
    best = Math.max(best, product / (own * Math.sqrt(power)));
  }
  return best;
}

function loudestPart(samples: Int16Array): Int16Array {
  let best = samples.subarray(0, WORDS);
  for (let at = 0; at + WORDS <= samples.length; at += FRAME) {
    const part = samples.subarray(at, at + WORDS);
    if (loudness(part) > loudness(best)) best = part;
  }
  return best;
}
