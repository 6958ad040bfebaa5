import { buildHttp } from './build-http.js';
import type { HttpDeps } from './deps.js';

export interface RunningHttp {
  /** The port it listens on, also when 0 was asked for. */
  readonly port: number;
  /** Takes no new requests and ends when those under way are answered. */
  close(): Promise<void>;
}

/** @throws the error of `listen`, such as EADDRINUSE. */
export async function startHttp(
  deps: HttpDeps,
  at: { readonly host: string; readonly port: number },
): Promise<RunningHttp> {
  const app = buildHttp(deps);
  await app.listen({ host: at.host, port: at.port });
  const address = app.server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { port: port ?? at.port, close: () => app.close() };
}
