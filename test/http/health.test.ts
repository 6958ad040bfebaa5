import { describe, expect, it } from 'vitest';
import { notReady } from '../../src/http/readiness.js';
import { openBody, testApi } from './support.js';

const UP = { sip_engine: true, store: true, vault: true, media: true };

describe('notReady', () => {
  it('says nothing when all is well', () => {
    expect(notReady({ draining: false, up: UP })).toEqual([]);
  });

  it.each(['sip_engine', 'store', 'vault', 'media'] as const)(
    'names %s when it is down',
    (name) => {
      const reasons = notReady({ draining: false, up: { ...UP, [name]: false } });
      expect(reasons.map((reason) => reason.field)).toEqual([name]);
    },
  );

  it('tells that it drains beside what is down', () => {
    const reasons = notReady({ draining: true, up: { ...UP, store: false, vault: false } });
    expect(reasons.map((reason) => reason.field)).toEqual(['process', 'store', 'vault']);
  });
});

describe('the operations endpoints', () => {
  const open = { token: undefined };

  it('need no token', async () => {
    const api = testApi();
    for (const path of ['/livez', '/readyz', '/metrics', '/openapi.json']) {
      expect((await api.request('GET', path, open)).statusCode).toBe(200);
    }
  });

  it('answer 503 on /readyz with what is down, and stay alive', async () => {
    const api = testApi();
    api.state.up.store = false;
    const answer = await api.request('GET', '/readyz', open);
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({
      code: 'not-ready',
      errors: [{ field: 'store', message: 'is down: no session can be found' }],
    });
    expect((await api.request('GET', '/livez', open)).statusCode).toBe(200);
    api.state.up.store = true;
    expect((await api.request('GET', '/readyz', open)).json()).toEqual({ status: 'ready' });
  });

  it('answer 503 on /readyz while draining', async () => {
    const api = testApi();
    api.state.draining = true;
    expect((await api.request('GET', '/readyz', open)).statusCode).toBe(503);
  });

  it('give the metrics in the type that their registry says', async () => {
    const answer = await testApi().request('GET', '/metrics', open);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4');
    expect(answer.body).toBe('up 1\n');
  });
});

describe('the request log', () => {
  it('says route, status and tenant, and neither query, path nor body', async () => {
    const api = testApi();
    await api.request('POST', '/v1/sessions', { body: openBody({ reference: 'order-secret' }) });
    await api.request('GET', '/v1/sessions?reference=query-secret');
    await api.request('GET', '/v1/sessions/path-secret?x=1');
    const lines = api.log.lines.filter((line) => line.message === 'HTTP request answered.');
    expect(lines.map(({ fields }) => [fields.method, fields.route, fields.status])).toEqual([
      ['POST', '/v1/sessions', 201],
      ['GET', '/v1/sessions', 200],
      ['GET', '/v1/sessions/:id', 404],
    ]);
    expect(lines[0]?.fields).toMatchObject({ tenant: 'acme', component: 'http' });
    expect(JSON.stringify(api.log.lines)).not.toContain('secret');
  });

  it('warns of a refused token, with the address it came from', async () => {
    const api = testApi();
    await api.request('GET', '/v1/sessions', { token: 'guess' });
    expect(api.log.lines).toEqual([
      expect.objectContaining({
        level: 'warn',
        fields: expect.objectContaining({ status: 401, remote: '127.0.0.1' }) as object,
      }),
    ]);
  });

  it('keeps health checks at debug', async () => {
    const api = testApi();
    await api.request('GET', '/livez');
    expect(api.log.lines.map((line) => line.level)).toEqual(['debug']);
  });
});
