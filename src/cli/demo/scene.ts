import type { Person } from './people.js';
import type { Tape } from './tape.js';
import type { World } from './world.js';

/** One call of the demo: who calls, and a script that throws when it does not go as told. */
export interface Scene {
  readonly name: string;
  readonly title: string;
  readonly caller: Person['who'];
  /** What the records of caller and callee must say of consent, where it was asked. */
  readonly consent?: readonly [string, string];
  play(world: World): Promise<Outcome>;
}

export interface Outcome {
  /** How the call ended, in words. */
  readonly result: string;
  readonly tape?: Tape;
}
