import { highTones, keyAt, lowTones } from './dtmf-tones.js';

const rate = 8_000;
/** 12.75 ms: a digit of the least length that ITU-T Q.24 asks for, 40 ms, fills two of them. */
const block = 102;
const blocksToBegin = 2;
/** One bad block within a digit is a click, two are its end. */
const blocksToEnd = 2;
/** About -29 dBm0 for each tone. */
const leastAmplitude = 600;
/** High over low, as power: what telephone lines do to the two (Q.24: 4 dB and 8 dB). */
const mostHighOverLow = 10 ** (4 / 10);
const mostLowOverHigh = 10 ** (8 / 10);
/** The next strongest tone of its group lies this far below, else it is speech or noise. */
const leastApart = 6.3;
/** Of all power in a block, so much must be in the two tones. */
const leastShare = 0.8;

const coefficients = [...lowTones, ...highTones].map(
  (hertz) => 2 * Math.cos((2 * Math.PI * hertz) / rate),
);

/** Digits in audio, found with Goertzel's algorithm at the eight frequencies of DTMF. */
export class DtmfDetector {
  readonly #found: (digit: string, durationSamples: number) => void;
  readonly #block = new Float64Array(block);
  readonly #powers = new Float64Array(coefficients.length);
  #filled = 0;
  #candidate: string | undefined;
  #seen = 0;
  #digit: string | undefined;
  #missed = 0;
  #blocks = 0;

  /** @param found is told of each digit when it ends. */
  constructor(found: (digit: string, durationSamples: number) => void) {
    this.#found = found;
  }

  take(samples: Int16Array, count: number): void {
    for (let index = 0; index < count; index += 1) {
      this.#block[this.#filled] = samples[index] ?? 0;
      this.#filled += 1;
      if (this.#filled < block) continue;
      this.#filled = 0;
      this.#judge(this.#digitOfBlock());
    }
  }

  /** Nothing is heard any more: a digit that sounds has ended. */
  silence(): void {
    this.#filled = 0;
    this.#judge(undefined);
    this.#judge(undefined);
  }

  #judge(digit: string | undefined): void {
    this.#seen = digit === this.#candidate ? this.#seen + 1 : 1;
    this.#candidate = digit;
    if (this.#digit !== undefined) this.#sustain(digit, this.#digit);
    if (this.#digit === undefined && digit !== undefined && this.#seen >= blocksToBegin) {
      this.#digit = digit;
      this.#blocks = this.#seen;
      this.#missed = 0;
    }
  }

  #sustain(heard: string | undefined, digit: string): void {
    if (heard === digit) {
      this.#blocks += this.#missed + 1;
      this.#missed = 0;
      return;
    }
    this.#missed += 1;
    if (this.#missed < blocksToEnd) return;
    this.#digit = undefined;
    this.#found(digit, this.#blocks * block);
  }

  #digitOfBlock(): string | undefined {
    const total = this.#measure();
    const low = this.#strongest(0);
    const high = this.#strongest(4);
    if (low === undefined || high === undefined) return undefined;
    const lowPower = this.#powers[low] ?? 0;
    const highPower = this.#powers[high] ?? 0;
    const twisted =
      highPower > lowPower * mostHighOverLow || lowPower > highPower * mostLowOverHigh;
    if (twisted || lowPower + highPower < leastShare * total) return undefined;
    return keyAt(low, high - 4);
  }

  /** Fills `#powers`, each as the mean square of its sine; returns that of the whole block. */
  #measure(): number {
    let total = 0;
    for (const sample of this.#block) total += sample * sample;
    coefficients.forEach((coefficient, index) => {
      let one = 0;
      let two = 0;
      for (const sample of this.#block) {
        const next = sample + coefficient * one - two;
        two = one;
        one = next;
      }
      const square = one * one + two * two - coefficient * one * two;
      this.#powers[index] = (2 * square) / (block * block);
    });
    return total / block;
  }

  /** Undefined: none of the four from `from` on is loud, or two are. */
  #strongest(from: number): number | undefined {
    let best = from;
    for (let index = from + 1; index < from + 4; index += 1) {
      if ((this.#powers[index] ?? 0) > (this.#powers[best] ?? 0)) best = index;
    }
    const power = this.#powers[best] ?? 0;
    if (power < (leastAmplitude * leastAmplitude) / 2) return undefined;
    for (let index = from; index < from + 4; index += 1) {
      if (index !== best && (this.#powers[index] ?? 0) * leastApart > power) return undefined;
    }
    return best;
  }
}
