import { configJsonSchema, configReference } from '../src/config/reference.js';
import { buildHttp } from '../src/http/build-http.js';
import type { HttpDeps } from '../src/http/deps.js';
import { openApiDocument } from '../src/http/openapi.js';
import { problemsReference } from '../src/http/problems-reference.js';
import { metricsReference } from '../src/telemetry/metrics-reference.js';

/** Every file that is made from the source, by its path in the repository. */
export async function generatedDocs(version: string): Promise<Readonly<Record<string, string>>> {
  return {
    'config/schema.json': configJsonSchema(),
    'docs/configuration.md': configReference(),
    'docs/metrics.md': metricsReference(),
    'docs/openapi.json': await openApiDocument(buildHttp(routesOnly(version))),
    'docs/problems.md': problemsReference(),
  };
}

/** Enough to declare the routes; none of them is ever called. */
function routesOnly(version: string): HttpDeps {
  const unused: unknown = new Proxy(() => unused, { get: () => unused });
  return { ...(unused as HttpDeps), house: (unused as HttpDeps).house, tokens: [], version };
}
