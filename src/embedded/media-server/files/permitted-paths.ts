import { mkdir, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';

/**
 * The directories that an application may have us read from, or write to. Links are followed
 * before it is decided, so that none leads out.
 */
export class PermittedPaths {
  readonly #directories: readonly string[];

  /** @param directories absolute; a relative path is looked for in the first one. */
  constructor(directories: readonly string[]) {
    this.#directories = directories.map((directory) => resolve(directory));
  }

  /** The file's real path; undefined when it is not there, or not below a permitted directory. */
  async toRead(path: string): Promise<string | undefined> {
    const wanted = this.#absolute(path);
    const real = wanted === undefined ? undefined : await realpathOf(wanted);
    return real !== undefined && (await this.#holds(real)) ? real : undefined;
  }

  /**
   * Where to make a file, its directory made if it is missing; undefined when it is not below a
   * permitted directory.
   */
  async toWrite(path: string): Promise<string | undefined> {
    const wanted = this.#absolute(path);
    if (wanted === undefined || !this.#directories.some((one) => isBelow(wanted, one))) {
      return undefined;
    }
    const directory = await this.#makeDirectory(dirname(wanted));
    if (directory === undefined) return undefined;
    const file = join(directory, wanted.slice(dirname(wanted).length + 1));
    // What is there already may be a link to elsewhere.
    const there = await realpathOf(file);
    return there === undefined || there === file ? file : undefined;
  }

  /** Parents are made one by one, and only where the real path of each stays below. */
  async #makeDirectory(directory: string): Promise<string | undefined> {
    const there = await realpathOf(directory);
    if (there !== undefined) return (await this.#holds(there, true)) ? there : undefined;
    const parent = await this.#makeDirectory(dirname(directory));
    if (parent === undefined) return undefined;
    const made = join(parent, directory.slice(dirname(directory).length + 1));
    await mkdir(made, { mode: 0o750 }).catch(() => undefined);
    return await realpathOf(made);
  }

  #absolute(path: string): string | undefined {
    const [first] = this.#directories;
    if (path === '' || path.includes('\0') || first === undefined) return undefined;
    return isAbsolute(path) ? resolve(path) : resolve(first, path);
  }

  async #holds(real: string, orIs = false): Promise<boolean> {
    for (const directory of this.#directories) {
      const base = await realpathOf(directory);
      if (base !== undefined && ((orIs && real === base) || isBelow(real, base))) return true;
    }
    return false;
  }
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

async function realpathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}
