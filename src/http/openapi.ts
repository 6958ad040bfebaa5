import type { FastifyDynamicSwaggerOptions, SwaggerTransformObject } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransformObject } from 'fastify-type-provider-zod';

type OpenApi = NonNullable<FastifyDynamicSwaggerOptions['openapi']>;

export function openApiInfo(version: string): OpenApi {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Callveil API',
      version,
      description:
        'Opens and closes masked sessions and reads the records of their calls. Numbers are write-only: they go in, and only partial masks come out. Errors are application/problem+json with a stable `code`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This Callveil.' }],
    security: [{ token: [] }],
    tags: [
      { name: 'sessions', description: 'The masked relationship of two participants.' },
      { name: 'calls', description: 'Calls through sessions; one record for each leg.' },
      { name: 'recordings', description: 'Recordings of calls, sealed at rest.' },
    ],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token of one tenant.' },
      },
    },
  };
}

/**
 * The type provider writes every named schema twice, as it goes in and as it comes out; what no
 * route uses is left out again.
 */
export const withUsedSchemas: SwaggerTransformObject = (document) => {
  const whole = jsonSchemaTransformObject(document);
  if (!('components' in whole)) return whole;
  const all: Readonly<Record<string, unknown>> = { ...whole.components.schemas };
  const used = new Set<string>();
  const follow = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part ?? null).matchAll(
      /"#\/components\/schemas\/(\w+)"/g,
    )) {
      if (used.has(name)) continue;
      used.add(name);
      follow(all[name]);
    }
  };
  follow(whole.paths);
  const schemas = Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
  return { ...whole, components: { ...whole.components, schemas } } as typeof whole;
};

/** docs/openapi.json: what /openapi.json answers. */
export async function openApiDocument(app: FastifyInstance): Promise<string> {
  await app.ready();
  return `${JSON.stringify(app.swagger(), null, 2)}\n`;
}
