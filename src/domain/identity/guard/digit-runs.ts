import type { Spellings } from '../../numbers/spellings.js';

/** The digit runs to look for, and those that are rightly said. */
export interface DigitRuns {
  /** Tell wherever they stand in a run of digits. */
  readonly telling: readonly string[];
  /** Tell as a run of their own. */
  readonly whole: ReadonlySet<string>;
  /** Runs that this leg rightly says: its own number and the DIDs, in all spellings. */
  readonly permitted: ReadonlySet<string>;
}

const NOTHING: DigitRuns = { telling: [], whole: new Set(), permitted: new Set() };

/** What to look for of the `hidden` numbers on a leg that rightly says the others. */
export function digitRuns(hidden: readonly Spellings[], said: readonly Spellings[]): DigitRuns {
  if (hidden.length === 0) return NOTHING;
  const allowed = new Set(said.flatMap(({ telling, whole }) => [...telling, ...whole]));
  const runs = [...allowed];
  const telling = new Set(hidden.flatMap((spellings) => spellings.telling));
  const whole = hidden.flatMap((spellings) => spellings.whole);
  return {
    telling: [...telling].filter((digits) => !runs.some((run) => run.includes(digits))),
    whole: new Set(whole.filter((digits) => !allowed.has(digits))),
    permitted: allowed,
  };
}
