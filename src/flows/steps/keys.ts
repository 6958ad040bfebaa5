/** Whoever keys in more than that ahead is not dialing a number. */
const MOST_AHEAD = 64;

type Hear = (digit: string) => void;

/**
 * The keys that a party presses, one listener after the other. What is pressed while nobody listens
 * waits for the next one: who knows the questions answers before they are asked.
 */
export class Keys {
  readonly #ahead: string[] = [];
  #hear: Hear | undefined;
  readonly #stop: () => void;

  /** @param onDigit tells of each digit until its answer is called. */
  constructor(onDigit: (hear: Hear) => () => void) {
    this.#stop = onDigit((digit) => this.#pressed(digit));
  }

  listen(hear: Hear): void {
    this.#hear = hear;
    while (this.#hear === hear && this.#ahead.length > 0) hear(this.#ahead.shift() ?? '');
  }

  ignore(): void {
    this.#hear = undefined;
  }

  /** Nothing of what was pressed is left. */
  end(): void {
    this.#stop();
    this.ignore();
    this.#ahead.length = 0;
  }

  #pressed(digit: string): void {
    if (this.#hear !== undefined) this.#hear(digit);
    else if (this.#ahead.length < MOST_AHEAD) this.#ahead.push(digit);
  }
}
