import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Spoken } from './speak.js';

/** In the repository and in the package. */
export const PROMPTS_DIR = 'prompts';

export interface Prompt extends Spoken {
  /** `en/consent-announce`: the path of its sound, without `.wav`. */
  readonly id: string;
}

interface PromptFile {
  readonly voice: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** Every prompt of every language. */
export function promptTexts(dir: string): readonly Prompt[] {
  const files = readdirSync(dir).filter((file) => file.endsWith('.yaml'));
  return files.sort().flatMap((file) => {
    const { voice, texts } = parse(readFileSync(join(dir, file), 'utf8')) as PromptFile;
    const language = file.replace(/\.yaml$/, '');
    return Object.entries(texts).map(([name, text]) => ({
      id: `${language}/${name}`,
      voice,
      text,
    }));
  });
}

/** A hash of voice and text for each prompt: what its sound was made of. */
export function manifestOf(prompts: readonly Prompt[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    prompts.map(({ id, voice, text }) => [
      id,
      createHash('sha256').update(`${voice}\n${text}`).digest('hex').slice(0, 16),
    ]),
  );
}
