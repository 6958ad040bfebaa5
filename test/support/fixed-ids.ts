import type { IdKind, Ids } from '../../src/domain/ids.js';

/** Ids that count up, the same in every run: `sess_00000000000000000000000001`. They sort. */
export class FixedIds implements Ids {
  #last = 0;

  next(kind: IdKind): string {
    this.#last += 1;
    return `${kind}_${String(this.#last).padStart(26, '0')}`;
  }

  random(bytes: number): string {
    this.#last += 1;
    return this.#last
      .toString(16)
      .padStart(bytes * 2, '0')
      .slice(-bytes * 2);
  }
}
