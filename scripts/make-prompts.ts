/**
 * Makes the sounds of the prompts from their texts: prompts/LANG.yaml to prompts/LANG/NAME.wav, 8 kHz
 * mono PCM16, as every telephone leg takes them. Only what has changed is made anew, and what has no
 * text any more is removed; prompts/manifest.json tells of which text each sound was made.
 * What the two people of the demo say is made along with them: demo/lines.yaml to demo/NAME.wav.
 *
 *   npm run prompts          needs espeak-ng and sox
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { manifestOf, promptTexts, PROMPTS_DIR } from './prompt-texts.js';
import { speak, type Spoken } from './speak.js';

const repository = join(dirname(fileURLToPath(import.meta.url)), '..');
const root = join(repository, PROMPTS_DIR);
const manifestFile = join(root, 'manifest.json');

const known: Record<string, string> = existsSync(manifestFile)
  ? (JSON.parse(readFileSync(manifestFile, 'utf8')) as Record<string, string>)
  : {};
const prompts = promptTexts(root);
const manifest = manifestOf(prompts);

for (const prompt of prompts) {
  const target = join(root, `${prompt.id}.wav`);
  if (known[prompt.id] === manifest[prompt.id] && existsSync(target)) continue;
  speak(prompt, target);
  console.log(prompt.id);
}
removeOrphans();
speakDemo(join(repository, 'demo'));
writeFileSync(manifestFile, `${JSON.stringify(manifest, undefined, 2)}\n`);

function removeOrphans(): void {
  for (const language of readdirSync(root, { withFileTypes: true })) {
    if (!language.isDirectory()) continue;
    for (const file of readdirSync(join(root, language.name))) {
      const id = `${language.name}/${file.replace(/\.wav$/, '')}`;
      if (manifest[id] === undefined) rmSync(join(root, language.name, file));
    }
  }
}

function speakDemo(dir: string): void {
  const lines = parse(readFileSync(join(dir, 'lines.yaml'), 'utf8')) as Record<string, Spoken>;
  for (const [name, line] of Object.entries(lines)) speak(line, join(dir, `${name}.wav`));
}
