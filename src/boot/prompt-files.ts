import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PromptsConfig } from '../config/config.js';
import { FALLBACK_LANGUAGE, type PromptName } from '../domain/prompts/prompt.js';
import type { TenantId } from '../domain/sessions/session.js';
import type { Sound } from '../flows/ports/media.js';
import type { Prompts } from '../flows/ports/prompts.js';

/** The sounds that come with Callveil: beside dist/ in the package, and beside src/ in the sources. */
const OWN_DIR = fileURLToPath(new URL('../../prompts', import.meta.url));

/** Where sounds are read, on this host. */
export const promptDirectories = ({ dir }: PromptsConfig): readonly string[] =>
  dir === undefined ? [OWN_DIR] : [OWN_DIR, dir];

/**
 * Prompts as files `LANG/NAME.wav`. A tenant's own are in `TENANT/` of the operator's directory, the
 * operator's own in it; for the rest there are ours. What was looked up once is not looked up again:
 * a restart takes in new files.
 */
export class PromptFiles implements Prompts {
  readonly #found = new Map<string, string>();

  constructor(private readonly config: PromptsConfig) {}

  sound(name: PromptName, language: string, tenant: TenantId | undefined): Sound {
    const key = `${tenant ?? ''}/${language}/${name}`;
    let path = this.#found.get(key);
    if (path === undefined) {
      path = this.#path(name, language, tenant);
      this.#found.set(key, path);
    }
    return { is: 'file', path };
  }

  #path(name: PromptName, language: string, tenant: TenantId | undefined): string {
    for (const spoken of [language, FALLBACK_LANGUAGE]) {
      for (const dir of this.#dirs(tenant)) {
        const path = join(dir, spoken, `${name}.wav`);
        if (existsSync(path)) return this.#served(path);
      }
    }
    return this.#served(join(OWN_DIR, FALLBACK_LANGUAGE, `${name}.wav`));
  }

  #dirs(tenant: TenantId | undefined): readonly string[] {
    const { dir } = this.config;
    if (dir === undefined) return [OWN_DIR];
    return tenant === undefined ? [dir, OWN_DIR] : [join(dir, tenant), dir, OWN_DIR];
  }

  /** The path under which the media servers see the file. */
  #served(path: string): string {
    const { dir, servedFrom } = this.config;
    if (servedFrom === undefined) return path;
    const from = dir !== undefined && path.startsWith(join(dir, '/')) ? dir : OWN_DIR;
    return join(servedFrom, relative(from, path));
  }
}
