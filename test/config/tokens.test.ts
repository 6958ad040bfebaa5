import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadApiTokens } from '../../src/config/tokens.js';
import { complaints, TestDir } from './support.js';

const withTokens = (text: string) => {
  const dir = new TestDir();
  dir.write('tokens', text);
  return dir.load((file) => (file.http.token_file = 'tokens'));
};

describe('loadApiTokens', () => {
  it('makes one random token a tenant on first start, for the owner only, and keeps it', () => {
    const config = new TestDir().load();
    const [first] = loadApiTokens(config);
    const [again] = loadApiTokens(config);
    const { path } = config.http.tokenFile;
    const token = readFileSync(path, 'utf8').trim().replace('acme:', '');
    expect(token).toMatch(/^cv_[\w-]{32}$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(first).toEqual({
      tenant: 'acme',
      sha256: createHash('sha256').update(token).digest(),
    });
    expect(again).toEqual(first);
  });

  it('reads a named file with comments and several tokens of one tenant, for rotation', () => {
    const text = `# ours\nacme:${'a'.repeat(20)}\n\nacme: ${'b'.repeat(20)}\n`;
    expect(loadApiTokens(withTokens(text)).map((token) => token.tenant)).toEqual(['acme', 'acme']);
  });

  it('tells every bad line by its number and never by its token', () => {
    const config = withTokens(`acme\nacme:tooshort\nother:${'s'.repeat(20)}\n`);
    const lines = complaints(() => loadApiTokens(config));
    expect(lines).toEqual([
      'http.token_file: has a line that is not tenant:token (line 1)',
      'http.token_file: has a token of less than 20 characters, which can be guessed (line 2)',
      'http.token_file: has a token of a tenant that is not in the configuration (line 3)',
    ]);
    expect(lines.join()).not.toMatch(/tooshort|sss/);
  });
});
