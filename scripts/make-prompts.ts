/**
 * Makes the sounds of the prompts from their texts: prompts/LANG.yaml to prompts/LANG/NAME.wav, 8 kHz
 * mono PCM16, as every telephone leg takes them. Only what has changed is made anew, and what has no
 * text any more is removed; prompts/manifest.json tells of which text each sound was made.
 *
 *   npm run prompts          needs espeak-ng and sox
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifestOf, promptTexts, PROMPTS_DIR, type Prompt } from './prompt-texts.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', PROMPTS_DIR);
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
writeFileSync(manifestFile, `${JSON.stringify(manifest, undefined, 2)}\n`);

/** Spoken at espeak-ng's own rate, then cut to the speech, levelled and made narrow-band. */
function speak({ voice, text }: Prompt, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  const spoken = execFileSync('espeak-ng', ['-v', voice, '-s', '150', '--stdout', '--', text]);
  const cut = [
    'silence',
    '1',
    '0.01',
    '0.5%',
    'reverse',
    'silence',
    '1',
    '0.01',
    '0.5%',
    'reverse',
  ];
  // -D and -R: no dither and no chance, so that the same text makes the same file.
  execFileSync(
    'sox',
    [
      ...['-D', '-R', '-t', 'wav', '--ignore-length', '-', '-b', '16', '-c', '1', '-r', '8000'],
      ...['-e', 'signed-integer', target, 'highpass', '150', ...cut, 'pad', '0.05', '0.15'],
      ...['gain', '-n', '-3'],
    ],
    { input: spoken, stdio: ['pipe', 'inherit', 'ignore'] },
  );
}

function removeOrphans(): void {
  for (const language of readdirSync(root, { withFileTypes: true })) {
    if (!language.isDirectory()) continue;
    for (const file of readdirSync(join(root, language.name))) {
      const id = `${language.name}/${file.replace(/\.wav$/, '')}`;
      if (manifest[id] === undefined) rmSync(join(root, language.name, file));
    }
  }
}
