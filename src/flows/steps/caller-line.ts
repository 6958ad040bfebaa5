import type { IvrPolicy } from '../../domain/ivr/ivr-policy.js';
import { languageOf, type PromptName } from '../../domain/prompts/prompt.js';
import type { Clock } from '../../domain/time.js';
import type { Sound } from '../ports/media.js';
import type { Prompts } from '../ports/prompts.js';
import { gatherDigits } from './gather-digits.js';
import { Keys } from './keys.js';
import type { GreetedCaller } from './greeted-caller.js';
import type { LateCall } from './late-call.js';

interface LineDeps {
  readonly prompts: Prompts;
  readonly clock: Clock;
}

/** What is said to a greeted caller in its language, and the digits that it presses. */
export class CallerLine {
  readonly #policy: IvrPolicy;
  readonly #language: string;
  readonly #keys: Keys;

  constructor(
    private readonly caller: GreetedCaller,
    private readonly late: LateCall,
    /** ISO 3166 alpha-2, of the caller. */
    country: string,
    private readonly deps: LineDeps,
  ) {
    this.#policy = late.tenant.ivr;
    this.#keys = new Keys(caller.onDigit);
    this.#language = this.#policy.language ?? languageOf(country);
  }

  /** @throws MediaFailed; the reason of `over` when the call has ended. */
  async say(names: readonly PromptName[]): Promise<void> {
    const { endpoint, over } = this.caller;
    await endpoint.play(this.#sounds(names), over);
    over.throwIfAborted();
  }

  /**
   * The digits that the caller presses before the pound key, at most `max`. Never logged.
   * @throws as `say`
   */
  async ask(names: readonly PromptName[], max: number): Promise<string> {
    const { endpoint, over } = this.caller;
    const digits = await gatherDigits(
      {
        max,
        terminator: '#',
        firstDigitWithin: this.#policy.firstDigitWithin,
        nextDigitWithin: this.#policy.nextDigitWithin,
      },
      over,
      {
        clock: this.deps.clock,
        keys: this.#keys,
        play: (stop) => endpoint.play(this.#sounds(names), stop),
      },
    );
    over.throwIfAborted();
    return digits;
  }

  /** From here on the caller is spoken to only. */
  hearNoMore(): void {
    this.#keys.end();
  }

  #sounds(names: readonly PromptName[]): Sound[] {
    const tenant = this.late.tenant.id;
    return names.map((name) => this.deps.prompts.sound(name, this.#language, tenant));
  }
}
