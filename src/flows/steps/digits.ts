import type { Side } from './media-path.js';

type Hear = (digit: string) => void;

/** The digits that the parties press, for whoever of ours wants to hear them. Never logged. */
export class Digits {
  readonly #hearers: Readonly<Record<Side, Set<Hear>>> = { caller: new Set(), callee: new Set() };

  /** @returns what ends that. */
  hear(side: Side, hear: Hear): () => void {
    this.#hearers[side].add(hear);
    return () => this.#hearers[side].delete(hear);
  }

  pressed(side: Side, digit: string): void {
    for (const hear of [...this.#hearers[side]]) hear(digit);
  }
}
