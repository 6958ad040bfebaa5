import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedDocs } from '../../scripts/generated-docs.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const docs = await generatedDocs(version);

describe('the generated documents', () => {
  it.each(Object.keys(docs))('%s is what the source says (else run npm run docs)', (path) => {
    expect(readFileSync(path, 'utf8')).toBe(docs[path]);
  });

  it('are the same every time', async () => {
    expect(await generatedDocs(version)).toEqual(docs);
  });
});

describe('docs/configuration.md', () => {
  it('describes every key', () => {
    const rows = docs['docs/configuration.md']!.split('\n').filter((line) =>
      line.startsWith('| `'),
    );
    expect(rows.length).toBeGreaterThan(50);
    for (const row of rows) expect(row).toMatch(/\| [^|]*[^| ][^|]* \|$/);
  });
});

describe('docs/openapi.json', () => {
  interface Operation {
    readonly responses: Record<string, { content?: Record<string, unknown> }>;
  }
  const api = JSON.parse(docs['docs/openapi.json']!) as {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, unknown> };
  };

  it('has every route of the API and no other', () => {
    const routes = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(routes.sort()).toEqual([
      'delete /v1/recordings/{id}',
      'get /v1/calls',
      'get /v1/calls/{id}',
      'get /v1/calls/{id}/legs',
      'get /v1/recordings',
      'get /v1/recordings/{id}',
      'get /v1/recordings/{id}/media',
      'get /v1/sessions',
      'get /v1/sessions/{id}',
      'post /v1/calls/{id}/dtmf',
      'post /v1/calls/{id}/hang-up',
      'post /v1/calls/{id}/mute',
      'post /v1/calls/{id}/recording',
      'post /v1/sessions',
      'post /v1/sessions/{id}/calls',
      'post /v1/sessions/{id}/close',
    ]);
  });

  it('says that every error is problem+json', () => {
    for (const methods of Object.values(api.paths)) {
      for (const { responses } of Object.values(methods)) {
        expect(Object.keys(responses)).toEqual(
          expect.arrayContaining(['400', '401', '500', '503']),
        );
        for (const [status, { content }] of Object.entries(responses)) {
          const type =
            Number(status) < 400
              ? /^(application\/json|audio\/wav)$/
              : /^application\/problem\+json$/;
          const types = Object.keys(content ?? {});
          expect(types).toHaveLength(status === '204' ? 0 : 1);
          expect(types.filter((one) => !type.test(one))).toEqual([]);
        }
      }
    }
  });

  it('marks the addresses of participants as personal and write-only', () => {
    const text = JSON.stringify(api.components.schemas);
    expect(text.match(/"x-pii":true/g)).toHaveLength(2);
    expect(text.match(/"writeOnly":true/g)).toHaveLength(2);
  });
});
