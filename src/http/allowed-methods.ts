/** Remembers which methods each path has, so that a wrong method is told apart from a wrong path. */
export class AllowedMethods {
  readonly #routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];

  add(pattern: string, methods: readonly string[]): void {
    const path = pattern.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : escape(part)));
    this.#routes.push({ path: new RegExp(`^${path.join('/')}$`), methods });
  }

  /** For the Allow header (RFC 9110 §10.2.1); empty when nothing is at this path. */
  at(path: string): readonly string[] {
    const methods = this.#routes.flatMap((route) => (route.path.test(path) ? route.methods : []));
    return [...new Set(methods)].sort();
  }
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
