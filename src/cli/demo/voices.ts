import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readWav } from './wav.js';

export type Words = 'customer-asks' | 'agent-asks' | 'customer-card' | 'agent-thanks';

/** Beside dist/ in the package, and beside src/ in the sources. */
const SOUNDS = new URL('../../../demo/', import.meta.url);

/** What the two people say, as 8 kHz samples (demo/lines.yaml has the texts). */
export function words(name: Words): Int16Array {
  const file = fileURLToPath(new URL(`${name}.wav`, SOUNDS));
  return readWav(readFileSync(file)).channels[0] ?? new Int16Array();
}
