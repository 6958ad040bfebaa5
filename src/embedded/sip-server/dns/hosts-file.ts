import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';

const path = '/etc/hosts';
const mostBytes = 1_048_576;
/** How long a change of the file may go unnoticed. */
const lookAgainMs = 5_000;

/** The system's own list of names: where an operator puts a name that no name server is to decide. */
export class HostsFile {
  readonly #path: string;
  #byName = new Map<string, string[]>();
  #changedAtMs = -1;
  #lookedAtMs = -Infinity;

  constructor(file = path) {
    this.#path = file;
  }

  /** The addresses of a name; none when the file does not know it. */
  addresses(name: string, nowMs: number): readonly string[] {
    if (nowMs - this.#lookedAtMs >= lookAgainMs) {
      this.#lookedAtMs = nowMs;
      this.#read();
    }
    return this.#byName.get(name.toLowerCase()) ?? [];
  }

  #read(): void {
    try {
      const { mtimeMs, size } = statSync(this.#path);
      if (mtimeMs === this.#changedAtMs || size > mostBytes) return;
      this.#byName = parseHosts(readFileSync(this.#path, 'utf8'));
      this.#changedAtMs = mtimeMs;
    } catch (error) {
      this.#changedAtMs = -1;
      // Not every system has one; but one that cannot be read for a moment says what it said.
      if (isNoSuchFile(error)) this.#byName.clear();
    }
  }
}

function isNoSuchFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** `address name alias… # comment` by line. */
function parseHosts(text: string): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names) {
      const key = name.toLowerCase();
      byName.set(key, [...(byName.get(key) ?? []), address]);
    }
  }
  return byName;
}
