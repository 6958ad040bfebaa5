import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join(import.meta.dirname, '../../docs/performance.md');

/**
 * Puts the results of a mode between its markers in docs/performance.md, and leaves every other
 * word of the file.
 *
 * @throws Error when the file has no such markers.
 */
export function writeResults(mode: string, text: string): void {
  const [begin, end] = [`<!-- bench:${mode}:begin -->`, `<!-- bench:${mode}:end -->`];
  const page = readFileSync(FILE, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no ${begin} … ${end}`);
  writeFileSync(FILE, `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`);
}
