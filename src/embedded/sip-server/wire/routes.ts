import type { App } from './app.js';

/** Which applications want which methods, and whose turn it is. */
export class Routes {
  readonly #byMethod = new Map<string, App[]>();

  /** Idempotent: drachtio-srf registers its verbs again whenever it adds one. */
  add(method: string, app: App): void {
    const key = method.toLowerCase();
    const apps = this.#byMethod.get(key);
    if (apps === undefined) this.#byMethod.set(key, [app]);
    else if (!apps.includes(app)) apps.push(app);
  }

  remove(method: string, app: App): void {
    const key = method.toLowerCase();
    const rest = this.#byMethod.get(key)?.filter((other) => other !== app) ?? [];
    if (rest.length === 0) this.#byMethod.delete(key);
    else this.#byMethod.set(key, rest);
  }

  removeApp(app: App): void {
    for (const method of [...this.#byMethod.keys()]) this.remove(method, app);
  }

  /** The application whose turn it is for a method (RFC 3261 spells methods in capitals). */
  next(method: string): App | undefined {
    const apps = this.#byMethod.get(method.toLowerCase());
    const app = apps?.shift();
    if (app !== undefined) apps?.push(app);
    return app;
  }

  has(method: string): boolean {
    return this.#byMethod.has(method.toLowerCase());
  }

  get empty(): boolean {
    return this.#byMethod.size === 0;
  }
}
