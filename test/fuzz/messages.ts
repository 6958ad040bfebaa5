import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dice } from './dice.js';
import { composeMessage, type Sketch } from './grammar.js';
import { mutate } from './mutate.js';

const torture = join(import.meta.dirname, '../embedded/sip-server/torture');

/** The torture messages of the RFCs, to be made worse. */
const corpus = ['rfc4475', 'rfc5118'].flatMap((rfc) =>
  readdirSync(join(torture, rfc)).map((name) => readFileSync(join(torture, rfc, name))),
);

/** The next message to try: composed or from the corpus, as it is or mutated. */
export function nextMessage(dice: Dice, sketch: Sketch = {}): Buffer {
  const bytes = dice.once(5) ? dice.pick(corpus) : composeMessage(dice, sketch);
  if (dice.once(3)) return bytes;
  // Few mutants of a call would still be one.
  if (sketch.uri !== undefined && !dice.once(3)) return composeMessage(dice, sketch);
  return mutate(dice, bytes, dice.once(2) ? dice.pick(corpus) : composeMessage(dice));
}
