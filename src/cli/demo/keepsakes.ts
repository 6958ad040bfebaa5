import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tapePng } from './png.js';
import type { Tape } from './tape.js';

/** Files that stay when the demo is over. */
export interface Keepsakes {
  readonly wav: string;
  readonly png: string;
}

/** Writes the recording and its picture below `directory`, readable by their owner alone. */
export function keep(tape: Tape, directory: string): Keepsakes {
  const place = resolve(directory);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const write = (name: string, bytes: Buffer): string => {
    const path = join(place, name);
    writeFileSync(path, bytes, { mode: 0o600 });
    chmodSync(path, 0o600); // it may have been there
    return path;
  };
  return { wav: write('recording.wav', tape.wav), png: write('recording.png', tapePng(tape)) };
}
