const outputRate = 8_000;
/** Zero crossings of the sinc on either side, counted at the lower of the two rates. */
const crossings = 16;
/** Of half the lower rate: what lies above is silenced, so that it does not fold back. */
const passband = 0.92;

/**
 * Samples of any rate at 8 kHz, by a windowed sinc (Blackman): what 8 kHz cannot carry is filtered
 * out. Each sample is computed when it is asked for.
 */
export class Resampler {
  readonly #input: Float64Array | Int16Array;
  readonly #ratio: number;
  readonly #reach: number;
  /** One row of coefficients for each phase that occurs. */
  readonly #phases = new Map<number, Float64Array>();
  readonly #cutoff: number;

  constructor(input: Int16Array, rate: number) {
    this.#input = input;
    this.#ratio = rate / outputRate;
    const widest = Math.max(1, this.#ratio);
    this.#cutoff = this.#ratio === 1 ? 1 : passband / widest;
    this.#reach = Math.ceil(crossings * widest);
  }

  /** How many samples there are at 8 kHz. */
  get length(): number {
    return Math.floor(this.#input.length / this.#ratio);
  }

  sample(index: number): number {
    if (this.#ratio === 1) return this.#input[index] ?? 0;
    const exact = index * this.#ratio;
    const centre = Math.floor(exact);
    const weights = this.#weights(exact - centre);
    const first = centre - this.#reach + 1;
    let sum = 0;
    for (let tap = 0; tap < weights.length; tap += 1) {
      sum += (this.#input[first + tap] ?? 0) * (weights[tap] ?? 0);
    }
    return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }

  #weights(phase: number): Float64Array {
    const key = Math.round(phase * 1_000_000);
    const known = this.#phases.get(key);
    if (known !== undefined) return known;
    const weights = Float64Array.from({ length: 2 * this.#reach }, (_, tap) =>
      this.#weight(tap - this.#reach + 1 - phase),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const even = weights.map((weight) => weight / sum);
    this.#phases.set(key, even);
    return even;
  }

  #weight(distance: number): number {
    const at = distance / this.#reach;
    if (Math.abs(at) >= 1) return 0;
    const window = 0.42 + 0.5 * Math.cos(Math.PI * at) + 0.08 * Math.cos(2 * Math.PI * at);
    const angle = Math.PI * distance * this.#cutoff;
    return window * (angle === 0 ? 1 : Math.sin(angle) / angle);
  }
}
