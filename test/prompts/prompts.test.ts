import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manifestOf, promptTexts } from '../../scripts/prompt-texts.js';
import { LANGUAGES, languageOf, PROMPT_NAMES } from '../../src/domain/prompts/prompt.js';

const DIR = 'prompts';
const texts = promptTexts(DIR);
const sounds = readdirSync(DIR, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(DIR, name)).map((file) => `${name}/${file}`));

describe('the prompts that come with Callveil', () => {
  it('say everything in every language', () => {
    const all = LANGUAGES.flatMap((language) => PROMPT_NAMES.map((name) => `${language}/${name}`));
    expect(texts.map(({ id }) => id).sort()).toEqual([...all].sort());
  });

  it('have one sound each, and there is none without a text', () => {
    expect([...sounds].sort()).toEqual(texts.map(({ id }) => `${id}.wav`).sort());
  });

  it('were spoken from the texts as they are now (else: npm run prompts)', () => {
    expect(JSON.parse(readFileSync(join(DIR, 'manifest.json'), 'utf8'))).toEqual(manifestOf(texts));
  });

  it('would not pass for others when a word or the voice changes', () => {
    const [first] = texts;
    const of = (change: object) => Object.values(manifestOf([{ ...first!, ...change }]))[0];
    expect(of({ text: `${first!.text} ` })).not.toBe(of({}));
    expect(of({ voice: 'cs' })).not.toBe(of({}));
  });

  it('are PCM of 16 bits, mono, 8 kHz, with speech in them and silence at neither end', () => {
    for (const sound of sounds) {
      const wav = readFileSync(join(DIR, sound));
      expect(wav.toString('latin1', 0, 4) + wav.toString('latin1', 8, 16), sound).toBe(
        'RIFFWAVEfmt ',
      );
      expect([wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt16LE(34)]).toEqual([
        1, 1, 16,
      ]);
      expect(wav.readUInt32LE(24), sound).toBe(8000);
      const samples = wav.subarray(44);
      const length = samples.length / 16_000;
      expect(length, sound).toBeGreaterThan(0.3);
      expect(length, sound).toBeLessThan(9);
      expect(loudness(samples), sound).toBeGreaterThan(1000);
      expect(loudness(samples.subarray(0, 0.3 * 16_000)), sound).toBeGreaterThan(100);
    }
  });

  it('differ from each other', () => {
    const hashes = sounds.map((sound) =>
      createHash('sha256')
        .update(readFileSync(join(DIR, sound)))
        .digest('hex'),
    );
    expect(new Set(hashes).size).toBe(sounds.length);
  });

  it('stay small in the repository', () => {
    const bytes = sounds.reduce((sum, sound) => sum + statSync(join(DIR, sound)).size, 0);
    expect(bytes).toBeLessThan(6_000_000);
  });

  it('are in the package and in the image', () => {
    const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] };
    expect(files).toContain(DIR);
    expect(readFileSync('Dockerfile', 'utf8')).toContain('COPY prompts ./prompts');
  });
});

describe('the language a party is spoken to in', () => {
  it.each([
    ['DE', 'de'],
    ['AT', 'de'],
    ['BR', 'pt'],
    ['MX', 'es'],
    ['US', 'en'],
    ['JP', 'en'],
  ])('is in %s %s', (country, language) => expect(languageOf(country)).toBe(language));
});

/** Root of the mean square of 16-bit samples. */
function loudness(samples: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < samples.length; at += 2) sum += samples.readInt16LE(at) ** 2;
  return Math.sqrt(sum / (samples.length / 2));
}
