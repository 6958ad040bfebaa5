import { hostOf } from './address-needles.js';
import type { DigitRuns, NumberMemory } from './number-memory.js';

/** What the guard knows of the numbers it looks for; all bare digits. */
export interface NumberNeedles extends DigitRuns {
  /** IPv4 addresses that this leg rightly says: four groups of digits that are no number. */
  readonly ownAddresses: ReadonlySet<string>;
}

/** @param secret and `permitted`: numbers in E.164 or bare digits. */
export function compileNumbers(
  secret: readonly string[],
  permitted: readonly string[],
  ownAddresses: readonly string[],
  memory: NumberMemory,
): NumberNeedles {
  return {
    ...memory.runs(secret, permitted),
    ownAddresses: new Set(ownAddresses.map(hostOf)),
  };
}
