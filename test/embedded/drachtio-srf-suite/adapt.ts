import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names and addresses as the suite writes them, with what stands for them here. */
export type Places = ReadonlyMap<string, string>;

/** Puts our hosts in the place of the suite's, in every script and scenario of a folder. */
export function adaptFolder(folder: string, places: Places): void {
  for (const file of readdirSync(folder)) {
    if (file.endsWith('.js') || file.endsWith('.xml')) adaptFile(join(folder, file), places);
  }
}

export function adaptFile(path: string, places: Places): void {
  const before = readFileSync(path, 'utf8');
  // Longest first: one host's name begins another's.
  const names = [...places.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(names.map((name) => name.replaceAll('.', '\\.')).join('|'), 'g');
  const adapted = before.replace(pattern, (name) => places.get(name) ?? name);
  const after = path.endsWith('.xml') ? wellFormed(adapted) : adapted;
  if (after !== before) writeFileSync(path, after);
}

/** Two scenarios hold angle brackets in an attribute, which not every SIPp can read. */
function wellFormed(xml: string): string {
  return xml.replace(/regexp="([^"]*)"/g, (_, pattern: string) => {
    return `regexp="${pattern.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}"`;
  });
}
