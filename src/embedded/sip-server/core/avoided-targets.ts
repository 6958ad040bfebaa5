import type { Hop } from '../message/sip-message.js';
import type { Timing } from '../transaction/timing.js';

const mostRemembered = 1_000;

/** Targets that have failed lately; they are tried last, because the others are likelier to do. */
export class AvoidedTargets {
  readonly #timing: Timing;
  readonly #until = new Map<string, number>();

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  avoid(hop: Hop, milliseconds: number): void {
    const key = keyOf(hop);
    this.#until.delete(key);
    const [oldest] = this.#until.keys();
    if (this.#until.size >= mostRemembered && oldest !== undefined) this.#until.delete(oldest);
    this.#until.set(key, this.#timing.now() + milliseconds);
  }

  /** It has answered. */
  trust(hop: Hop): void {
    if (this.#until.size > 0) this.#until.delete(keyOf(hop));
  }

  has(hop: Hop): boolean {
    if (this.#until.size === 0) return false;
    const key = keyOf(hop);
    const until = this.#until.get(key);
    if (until === undefined) return false;
    if (until > this.#timing.now()) return true;
    this.#until.delete(key);
    return false;
  }

  /** The same targets, those to be avoided behind all others. */
  last(hops: readonly Hop[]): readonly Hop[] {
    if (hops.length < 2 || this.#until.size === 0) return hops;
    const avoided = hops.filter((hop) => this.has(hop));
    if (avoided.length === 0) return hops;
    return [...hops.filter((hop) => !avoided.includes(hop)), ...avoided];
  }
}

function keyOf({ protocol, address, port }: Hop): string {
  return `${protocol} ${address} ${port}`;
}
