import { cpSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PromptFiles } from '../../src/boot/prompt-files.js';
import type { PromptsConfig } from '../../src/config/config.js';
import type { PromptName } from '../../src/domain/prompts/prompt.js';
import { ACME, GLOBEX } from '../support/session-drafts.js';

const OURS = resolve('prompts');

function operatorsDir(...files: readonly string[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'callveil-prompts-'));
  for (const file of files) {
    mkdirSync(join(dir, file, '..'), { recursive: true });
    cpSync('prompts/en/goodbye.wav', join(dir, file));
  }
  return dir;
}

function path(config: Partial<PromptsConfig>, name: PromptName, language = 'en', tenant = ACME) {
  const prompts = new PromptFiles({ dir: undefined, servedFrom: undefined, ...config });
  const sound = prompts.sound(name, language, tenant);
  return sound.is === 'file' ? sound.path : sound.is;
}

describe('the sound of a prompt', () => {
  it('is a file of ours, by its absolute path', () => {
    const file = path({}, 'consent-announce', 'de');
    expect(file).toBe(join(OURS, 'de/consent-announce.wav'));
    expect(isAbsolute(file)).toBe(true);
    expect(existsSync(file)).toBe(true);
  });

  it('is in English where nobody speaks the language', () => {
    expect(path({}, 'goodbye', 'fi')).toBe(join(OURS, 'en/goodbye.wav'));
  });

  it('is the operator’s where there is one, and the tenant’s before that', () => {
    const dir = operatorsDir('en/goodbye.wav', 'acme/en/goodbye.wav', 'fi/goodbye.wav');
    expect(path({ dir }, 'goodbye', 'en', ACME)).toBe(join(dir, 'acme/en/goodbye.wav'));
    expect(path({ dir }, 'goodbye', 'en', GLOBEX)).toBe(join(dir, 'en/goodbye.wav'));
    expect(path({ dir }, 'goodbye', 'fi', GLOBEX)).toBe(join(dir, 'fi/goodbye.wav'));
    expect(path({ dir }, 'consent-announce')).toBe(join(OURS, 'en/consent-announce.wav'));
  });

  it('has the path under which media servers elsewhere see it', () => {
    const dir = operatorsDir('acme/en/goodbye.wav');
    const config = { dir, servedFrom: '/srv/prompts' };
    expect(path(config, 'goodbye')).toBe('/srv/prompts/acme/en/goodbye.wav');
    expect(path(config, 'consent-announce', 'fr')).toBe('/srv/prompts/fr/consent-announce.wav');
  });
});
