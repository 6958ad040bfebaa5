import type { Verdict } from '../../domain/calls/verdict.js';
import { seconds, type Clock } from '../../domain/time.js';
import type { Log } from '../ports/telemetry.js';
import type { AnsweredCall, TalkStep } from '../talk-step.js';
import type { CallAudio } from './call-audio.js';
import { failedInTalk } from './endings.js';

export interface TalkDeps {
  readonly audio: CallAudio;
  readonly clock: Clock;
  readonly log: Log;
  /** What is due before the parties hear each other. */
  readonly steps: readonly TalkStep[];
  /** For the steps; undefined when there are none. */
  answered(): AnsweredCall | undefined;
  /** The talk cannot begin. */
  failed(v: Verdict): void;
}

/** What is finished after the call, such as the end of a recording, may take as long as this. */
const LONGEST_FAREWELL = seconds(5);

/**
 * The talk of two answered parties whose media is anchored: each step that is due before they hear
 * each other, such as a prompt or the start of a recording, and then they do.
 */
export class Talk {
  readonly #over = new AbortController();
  #answered: AnsweredCall | undefined;
  #begun = false;
  #preparing = false;

  constructor(private readonly deps: TalkDeps) {}

  /** Steps are under way: what a party says or presses is not for the other one. */
  get preparing(): boolean {
    return this.#preparing;
  }

  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#answered = this.deps.answered();
    void this.#run();
  }

  /** Ends whatever is under way; resolves when all is finished that must be, or after 5 s. */
  async end(): Promise<void> {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    const answered = this.#answered;
    if (answered === undefined) return;
    const farewells = this.deps.steps.map(async (step) => {
      await step.ended?.(answered);
    });
    await new Promise<void>((resolve) => {
      const patience = this.deps.clock.after(LONGEST_FAREWELL, resolve);
      void Promise.allSettled(farewells).then(() => {
        patience.cancel();
        resolve();
      });
    });
  }

  async #run(): Promise<void> {
    const over = this.#over.signal;
    try {
      if (this.#answered !== undefined) await this.#prepare(this.#answered, over);
      if (!over.aborted) await this.deps.audio.join();
    } catch (error) {
      if (over.aborted) return;
      this.deps.log.warn('The talk could not begin', { err: asError(error) });
      this.deps.failed(failedInTalk(error));
    }
  }

  async #prepare(call: AnsweredCall, over: AbortSignal): Promise<void> {
    this.#preparing = true;
    // Early media may have joined them.
    await this.deps.audio.part();
    for (const step of this.deps.steps) {
      if (!over.aborted) await step.run(call, over);
    }
    this.#preparing = false;
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('something that is no error was thrown');
