import type { Cancel, TimerValues, Timing } from './timing.js';
import type { Effect, Event, Machine, TimerName } from './machine.js';
import { timerDuration, timerRules } from './timers.js';

/** What a machine cannot do by itself. Timers are run here and never reach this. */
export type Action = Exclude<Effect, `start ${TimerName}` | `stop ${TimerName}` | 'slow E'>;

export interface Surroundings {
  readonly timing: Timing;
  readonly timers: TimerValues;
  /** TCP: nothing is retransmitted by us and nothing arrives late. */
  readonly reliable: boolean;
}

/** Executes one transaction table: looks up the row, moves, then performs the effects in order. */
export class MachineRun<State extends string> {
  readonly #machine: Machine<State>;
  readonly #perform: (action: Action) => void;
  readonly #ended: () => void;
  readonly #around: Surroundings;
  /** Two or three at most; at thousands of transactions per second a Map would weigh more. */
  readonly #running: { readonly name: TimerName; readonly cancel: Cancel }[] = [];
  /** How often the one timer that doubles (A, E or G) has started: it sets the next duration. */
  #repeats = 0;
  #state: State | 'terminated';

  constructor(
    machine: Machine<State>,
    initial: State,
    around: Surroundings,
    perform: (action: Action) => void,
    ended: () => void,
  ) {
    this.#machine = machine;
    this.#state = initial;
    this.#around = around;
    this.#perform = perform;
    this.#ended = ended;
  }

  get state(): State | 'terminated' {
    return this.#state;
  }

  /** Returns whether the table had a row for the event in this state. */
  fire(event: Event): boolean {
    const state = this.#state;
    if (state === 'terminated') return false;
    const row = this.#machine[state][event];
    if (row === undefined) return false;
    this.#state = row.to;
    if (row.to === 'terminated') this.#finish();
    for (const effect of row.effects) this.#apply(effect);
    return true;
  }

  /** Ends at once, whatever the table says: the server closes or the user gives up. */
  abandon(): void {
    if (this.#state === 'terminated') return;
    this.#state = 'terminated';
    this.#finish();
  }

  #apply(effect: Effect): void {
    if (effect.startsWith('start ')) this.#start(effect.slice(6) as TimerName);
    else if (effect.startsWith('stop ')) this.#stop(effect.slice(5) as TimerName);
    else if (effect === 'slow E') this.#repeats = Infinity;
    else this.#perform(effect as Action);
  }

  #start(name: TimerName): void {
    const { timing, timers, reliable } = this.#around;
    const after = timerDuration(name, this.#repeats, timers, reliable);
    if (after === undefined) return;
    if (timerRules[name].doublesUpTo) this.#repeats += 1;
    if (after === 0) {
      this.fire(`timer ${name}`);
      return;
    }
    this.#stop(name);
    const cancel = timing.after(after, () => {
      this.#stop(name);
      this.fire(`timer ${name}`);
    });
    this.#running.push({ name, cancel });
  }

  #stop(name: TimerName): void {
    const at = this.#running.findIndex((timer) => timer.name === name);
    if (at >= 0) this.#running.splice(at, 1)[0]?.cancel();
  }

  #finish(): void {
    for (const { cancel } of this.#running.splice(0)) cancel();
    this.#ended();
  }
}
