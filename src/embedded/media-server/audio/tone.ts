const rate = 8_000;
/** The level of a full-scale sine in 16-bit PCM (G.711: +3.14 dBm0 for A-law). */
const fullScaleDbm0 = 3.14;

/** Sine waves sounding together, 8 kHz; each goes on without a break from call to call. */
export class Tone {
  readonly #steps: readonly number[];
  readonly #amplitude: number;
  #at = 0;

  /** @param dbm0 level of each of the frequencies (Hz). */
  constructor(frequencies: readonly number[], dbm0: number) {
    this.#steps = frequencies.map((hertz) => (2 * Math.PI * hertz) / rate);
    this.#amplitude = 32_767 * 10 ** ((dbm0 - fullScaleDbm0) / 20);
  }

  /** Writes `samples[from..to)`, held within 16 bits. */
  fill(samples: Int16Array, from: number, to: number): void {
    for (let index = from; index < to; index += 1) {
      let sum = 0;
      for (const step of this.#steps) sum += Math.sin(this.#at * step);
      this.#at += 1;
      samples[index] = Math.max(-32_768, Math.min(32_767, Math.round(sum * this.#amplitude)));
    }
  }
}
