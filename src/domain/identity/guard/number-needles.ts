import type { Spell } from '../../numbers/spellings.js';
import { hostOf } from './address-needles.js';

/** What the guard knows of the numbers it looks for; all bare digits. */
export interface NumberNeedles {
  /** Tell wherever they stand in a run of digits. */
  readonly telling: readonly string[];
  /** Tell as a run of their own. */
  readonly whole: ReadonlySet<string>;
  /** Runs that this leg rightly says: its own number and the DIDs, in all spellings. */
  readonly permitted: ReadonlySet<string>;
  /** IPv4 addresses that this leg rightly says: four groups of digits that are no number. */
  readonly ownAddresses: ReadonlySet<string>;
}

/** @param secret and `permitted`: numbers in E.164 or bare digits. */
export function compileNumbers(
  secret: readonly string[],
  permitted: readonly string[],
  ownAddresses: readonly string[],
  spell: Spell,
): NumberNeedles {
  const hidden = secret.map(spell);
  const said = permitted.map(spell);
  const allowed = new Set(said.flatMap(({ telling, whole }) => [...telling, ...whole]));
  const runs = [...allowed];
  const telling = new Set(hidden.flatMap((spellings) => spellings.telling));
  const whole = hidden.flatMap((spellings) => spellings.whole);
  return {
    telling: [...telling].filter((digits) => !runs.some((run) => run.includes(digits))),
    whole: new Set(whole.filter((digits) => !allowed.has(digits))),
    permitted: allowed,
    ownAddresses: new Set(ownAddresses.map(hostOf)),
  };
}
