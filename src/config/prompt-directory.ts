import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { PROMPT_NAMES } from '../domain/prompts/prompt.js';
import type { ConfigIssue } from './issues.js';
import { whyUnreadable } from './secrets.js';

const PATH = ['prompts', 'dir'];
/** `LANG/NAME.wav` or `TENANT/LANG/NAME.wav`. */
const DEEPEST = 3;
/** More files than this are no directory of prompts. */
const MOST_FILES = 10_000;

/** Whether the operator's prompts can be played everywhere, and are called as ours are. */
export function checkPromptDirectory(dir: string): {
  readonly issues: readonly ConfigIssue[];
  readonly doubts: readonly ConfigIssue[];
} {
  let files: readonly string[];
  try {
    files = wavFiles(dir, '', DEEPEST).slice(0, MOST_FILES);
  } catch (error) {
    return {
      issues: [{ path: PATH, message: `names a directory that ${whyUnreadable(error)}` }],
      doubts: [],
    };
  }
  const unplayable = files.filter((file) => !isPlayable(join(dir, file)));
  const unknown = files.filter((file) => !isPromptName(file));
  return {
    issues: unplayable.map((file) => ({
      path: PATH,
      message: `has ${file}, which is no WAV of 16 bits, mono, 8 or 16 kHz`,
    })),
    doubts: unknown.map((file) => ({
      path: PATH,
      message: `has ${file}, and no prompt is called so: it is never played`,
    })),
  };
}

function wavFiles(dir: string, below: string, depth: number): string[] {
  return readdirSync(join(dir, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    if (entry.isDirectory()) return depth > 1 ? wavFiles(dir, path, depth - 1) : [];
    return entry.name.endsWith('.wav') ? [path] : [];
  });
}

const isPromptName = (file: string): boolean =>
  PROMPT_NAMES.some((name) => file.endsWith(`/${name}.wav`));

/** Reads the head of a WAV file: `fmt ` comes first in what any tool writes. */
function isPlayable(path: string): boolean {
  const head = Buffer.alloc(36);
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    if (readSync(file, head) < head.length) return false;
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
  const [pcm, mono, bits] = [head.readUInt16LE(20), head.readUInt16LE(22), head.readUInt16LE(34)];
  return (
    head.toString('latin1', 0, 4) === 'RIFF' &&
    head.toString('latin1', 8, 16) === 'WAVEfmt ' &&
    pcm === 1 &&
    mono === 1 &&
    bits === 16 &&
    [8_000, 16_000].includes(head.readUInt32LE(24))
  );
}
