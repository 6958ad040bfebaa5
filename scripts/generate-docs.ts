/** `npm run docs`: writes the documents that are made from the source. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedDocs } from './generated-docs.js';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
};

for (const [path, text] of Object.entries(await generatedDocs(version))) {
  writeFileSync(join(root, path), text);
  process.stdout.write(`${path}\n`);
}
