import { frameSamples } from './frame-source.js';

/** Somebody in a conference. */
export interface MixerMember {
  /** The next 160 samples of what the member says; valid until the next call. */
  speak(): Int16Array;
  /** What the member is to hear now. */
  listen(frame: Int16Array, nowMs: number): void;
}

/** A conference: everybody hears all others and not themselves (mix-minus). */
export class Mixer {
  readonly #members = new Set<MixerMember>();
  readonly #sum = new Int32Array(frameSamples);
  readonly #mix = new Int16Array(frameSamples);

  /** Ports that joined and did not leave. */
  get size(): number {
    return this.#members.size;
  }

  add(member: MixerMember): void {
    this.#members.add(member);
  }

  remove(member: MixerMember): void {
    this.#members.delete(member);
  }

  /** To be called on each beat. */
  beat(nowMs: number): void {
    this.#sum.fill(0);
    const spoken = [...this.#members].map((member) => ({ member, frame: member.speak() }));
    for (const { frame } of spoken) {
      for (let at = 0; at < frameSamples; at += 1) {
        this.#sum[at] = (this.#sum[at] ?? 0) + (frame[at] ?? 0);
      }
    }
    for (const { member, frame } of spoken) member.listen(this.#without(frame), nowMs);
  }

  /** What is too loud is cut off at the range of 16 bits. */
  #without(own: Int16Array): Int16Array {
    for (let at = 0; at < frameSamples; at += 1) {
      const rest = (this.#sum[at] ?? 0) - (own[at] ?? 0);
      this.#mix[at] = rest > 32_767 ? 32_767 : rest < -32_768 ? -32_768 : rest;
    }
    return this.#mix;
  }
}
