/**
 * The built daemon with its configuration spoiled in the way that CALLVEIL_SABOTAGE names, so that a
 * test sees whether those who watch the daemon would notice.
 */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const file = process.argv[process.argv.indexOf('--config') + 1];
const config = parse(readFileSync(file, 'utf8'));

const spoil = {
  /** Every prompt is as long as it was, and silent. */
  silent: () => {
    const dir = join(config.data_dir, 'silent-prompts');
    cpSync(join(root, 'prompts/en'), join(dir, 'en'), { recursive: true });
    for (const name of readdirSync(join(dir, 'en'))) {
      const wav = readFileSync(join(dir, 'en', name));
      writeFileSync(join(dir, 'en', name), wav.fill(0, 44));
    }
    config.prompts = { dir };
  },
  /** Audio goes straight from one party to the other. */
  leaky: () => {
    config.tenants[0].recording.mode = 'off';
    config.tenants[0].consent = { customer: { mode: 'off' }, agent: { mode: 'off' } };
    for (const trunk of config.trunks) trunk.media = 'direct';
  },
};
spoil[process.env.CALLVEIL_SABOTAGE]();
writeFileSync(file, stringify(config));
await import(join(root, 'dist/main.js'));
