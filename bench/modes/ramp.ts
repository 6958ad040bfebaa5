import { runLoad, warmUp, type LoadResult } from '../measure/load.js';
import { withSystem } from '../measure/stage.js';
import { LONG_SECONDS, type BenchOptions } from '../options.js';
import type { Say } from '../report/say.js';
import type { SystemKind, SystemName } from '../systems/system.js';

export interface RampStep extends LoadResult {
  readonly rate: number;
  readonly seconds: number;
  readonly verdict: Verdict;
}

/**
 * `short`: nothing failed, but SIPp itself did not get the calls out at this rate, so that this is
 * no finding about the system.
 */
export type Verdict = 'held' | 'failed' | 'short';

export interface RampResult {
  readonly system: SystemName;
  /** Highest rate that held, in calls/s; 0 when none did. */
  readonly sustained: number;
  /** The same for LONG_SECONDS; undefined when that was not asked. */
  readonly sustainedLong: number | undefined;
  readonly steps: readonly RampStep[];
}

const FAILED_SHARE = 0.001;
/** Below this share of the rate SIPp, or the system, has not kept up. */
const REACHED_SHARE = 0.97;
/** Halvings between the last rate that held and the first that did not. */
const REFINEMENTS = 2;
const LONG_TRIES = 5;
const LONG_FACTOR = 0.88;

/** All systems at one rate, then those that held at the next, then closer steps for each. */
export async function measureRamp(
  kinds: readonly SystemKind[],
  options: BenchOptions,
  say: Say,
): Promise<RampResult[]> {
  const climbers = kinds.map((kind) => new Climber(kind, options, say));
  for (const rate of [...options.rates].sort((a, b) => a - b)) {
    for (const climber of climbers.filter((each) => each.climbing)) await climber.step(rate);
  }
  for (let i = 0; i < REFINEMENTS; i += 1) {
    for (const climber of climbers) await climber.refine();
  }
  if (options.long) for (const climber of climbers) await climber.last();
  return climbers.map((climber) => climber.result());
}

class Climber {
  readonly #kind: SystemKind;
  readonly #options: BenchOptions;
  readonly #say: Say;
  readonly #steps: RampStep[] = [];
  #held = 0;
  #lost = Infinity;
  #heldLong: number | undefined;

  constructor(kind: SystemKind, options: BenchOptions, say: Say) {
    this.#kind = kind;
    this.#options = options;
    this.#say = say;
  }

  get climbing(): boolean {
    return this.#lost === Infinity;
  }

  async step(rate: number): Promise<void> {
    const { verdict } = await this.#run(rate, this.#options.seconds);
    if (verdict === 'held') this.#held = Math.max(this.#held, rate);
    else this.#lost = Math.min(this.#lost, rate);
  }

  async refine(): Promise<void> {
    // A rate that never failed has no upper neighbour to close in on.
    if (this.#lost === Infinity || this.#lost - this.#held < 20) return;
    await this.step(Math.round((this.#held + this.#lost) / 20) * 10);
  }

  /** Lowers the rate until it holds for long. */
  async last(): Promise<void> {
    this.#heldLong = 0;
    let rate = this.#held;
    for (let i = 0; i < LONG_TRIES && rate >= 10; i += 1) {
      const { verdict } = await this.#run(rate, LONG_SECONDS);
      if (verdict === 'held') {
        this.#heldLong = rate;
        return;
      }
      rate = Math.floor((rate * LONG_FACTOR) / 10) * 10;
    }
  }

  result(): RampResult {
    return {
      system: this.#kind.name,
      sustained: this.#held,
      sustainedLong: this.#heldLong,
      steps: this.#steps,
    };
  }

  async #run(rate: number, seconds: number): Promise<RampStep> {
    this.#say(`${this.#kind.name}: ramp at ${rate} calls/s for ${seconds} s`);
    const result = await withSystem(this.#kind, async (stage) => {
      await warmUp(stage);
      return runLoad(stage, { rate, seconds, cleanupSeconds: 0 });
    });
    const step = { rate, seconds, verdict: verdictOf(rate, result), ...result };
    this.#say(
      `  ${step.verdict}: ${Math.round(result.reachedPerSecond)}/s, ${result.failed} failed`,
    );
    this.#steps.push(step);
    return step;
  }
}

function verdictOf(rate: number, result: LoadResult): Verdict {
  if (result.failed >= result.calls * FAILED_SHARE) return 'failed';
  return result.reachedPerSecond >= rate * REACHED_SHARE ? 'held' : 'short';
}
