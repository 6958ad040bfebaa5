import { spellingsOf, type Spellings } from '../../numbers/spellings.js';

/** The digit runs to look for, and those that are rightly said. */
export interface DigitRuns {
  /** Tell wherever they stand in a run of digits. */
  readonly telling: readonly string[];
  /** Tell as a run of their own. */
  readonly whole: ReadonlySet<string>;
  /** Runs that this leg rightly says: its own number and the DIDs, in all spellings. */
  readonly permitted: ReadonlySet<string>;
}

/**
 * The numbers of one call, spelled. Needles are compiled again whenever a call learns something, for
 * the same few numbers each time, and spelling is what costs. It is as secret as the numbers, so it
 * lives with its call and no longer.
 */
export class NumberMemory {
  readonly #spelled = new Map<string, Spellings>();
  readonly #runs = new Map<string, DigitRuns>();

  /** @param secret and `permitted`: numbers in E.164 or bare digits. */
  runs(secret: readonly string[], permitted: readonly string[]): DigitRuns {
    const key = `${secret.join()}|${permitted.join()}`;
    let runs = this.#runs.get(key);
    if (runs === undefined) {
      runs = compile(
        secret.map((number) => this.#spell(number)),
        permitted.map((number) => this.#spell(number)),
      );
      this.#runs.set(key, runs);
    }
    return runs;
  }

  #spell(number: string): Spellings {
    let spelled = this.#spelled.get(number);
    if (spelled === undefined) {
      spelled = spellingsOf(number);
      this.#spelled.set(number, spelled);
    }
    return spelled;
  }
}

function compile(hidden: readonly Spellings[], said: readonly Spellings[]): DigitRuns {
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
