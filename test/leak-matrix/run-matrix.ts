import type { Bench } from './bench.js';
import {
  cancel,
  foreignBodies,
  hungUpByCallee,
  provoke,
  refuse,
  statusesOf,
  talk,
} from './calls.js';
import type { Side } from './canaries.js';
import { chunks, refusable, type Planting } from './chunks.js';

type Chunk = readonly Planting[];

/** How many calls of each sort went through to their end. */
export type Tally = Record<string, number>;

const SIDES: readonly Side[] = ['carrier', 'pbx'];

/** Every field × spelling × message × direction, a chunk of fields at a time. */
export async function runMatrix(bench: Bench): Promise<Tally> {
  const tally: Tally = {};
  const count = async (what: string, run: Promise<void>, chunk: Chunk): Promise<void> => {
    try {
      await run;
    } catch (error) {
      const fields = chunk.map(({ field, variant }) => `${field.name} (${variant})`).join(', ');
      throw new Error(`${what} with ${fields}: ${String(error)}`, { cause: error });
    }
    tally[what] = (tally[what] ?? 0) + 1;
  };
  for (const [round, chunk] of chunks().entries()) {
    for (const caller of SIDES) {
      await count(`talk from ${caller}`, talk(bench, caller, chunk), chunk);
      await count(`hung up by callee from ${caller}`, hungUpByCallee(bench, caller, chunk), chunk);
      await count(`cancel from ${caller}`, cancel(bench, caller, chunk), chunk);
      for (const status of statusesOf(round)) {
        await count(`refuse from ${caller}`, refuse(bench, caller, chunk, status), chunk);
      }
    }
  }
  for (const caller of SIDES) {
    for (const planting of refusable())
      await count(`provoke from ${caller}`, provoke(bench, caller, planting), [planting]);
    await count(`foreign bodies from ${caller}`, foreignBodies(bench, caller), []);
  }
  return tally;
}
