import { connect, type Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/flows/ports/store-error.js';
import type { SessionStore } from '../../src/flows/ports/sessions.js';
import { VaultError } from '../../src/flows/ports/vault.js';
import type { Problem } from '../../src/http/problems.js';
import { AGENT, CUSTOMER, openBody, testApi, TOKENS } from './support.js';

const portOf = (address: ReturnType<Server['address']>) =>
  typeof address === 'object' ? (address?.port ?? 0) : 0;

const JSON_TYPE = { 'content-type': 'application/json' };

describe('every error', () => {
  it.each<[string, number, Parameters<ReturnType<typeof testApi>['request']>]>([
    ['unauthorized', 401, ['GET', '/v1/sessions', { token: undefined }]],
    ['not-found', 404, ['GET', '/v2/sessions']],
    ['not-found', 404, ['GET', '/']],
    ['unknown-session', 404, ['GET', '/v1/sessions/sess_x']],
    ['method-not-allowed', 405, ['DELETE', '/v1/sessions']],
    ['malformed-json', 400, ['POST', '/v1/sessions', { body: '{"a":', headers: JSON_TYPE }]],
    [
      'malformed-json',
      400,
      ['POST', '/v1/sessions', { body: '{"__proto__":{}}', headers: JSON_TYPE }],
    ],
    ['invalid-request', 400, ['POST', '/v1/sessions']],
    ['invalid-request', 400, ['POST', '/v1/sessions', { body: '[]', headers: JSON_TYPE }]],
    ['body-too-large', 413, ['POST', '/v1/sessions', { body: { a: 'x'.repeat(70_000) } }]],
    [
      'unsupported-media-type',
      415,
      ['POST', '/v1/sessions', { body: 'a=b', headers: { 'content-type': 'text/plain' } }],
    ],
    ['malformed-http', 400, ['GET', '/v1/sessions/%zz']],
  ])('is problem+json: %s (%i)', async (code, status, args) => {
    const answer = await testApi().request(...args);
    const body = answer.json<Problem>();
    expect([answer.statusCode, body.status, body.code]).toEqual([status, status, code]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(Object.keys(body)).toEqual(['type', 'title', 'status', 'code', 'detail', 'errors']);
    expect(body.type).toBe(`urn:callveil:problem:${code}`);
    expect(answer.headers['x-request-id']).toMatch(/^req_/);
  });

  it('tells how to authenticate, which methods there are, and when to come back', async () => {
    const api = testApi((deps) => ({
      ...deps,
      house: { ...deps.house, sessions: failing(new StoreError('busy', 'locked')) },
    }));
    const unauthorized = await api.request('GET', '/v1/sessions', { token: 'wrong' });
    expect(unauthorized.headers['www-authenticate']).toBe('Bearer realm="callveil"');
    const wrongMethod = await api.request('PUT', '/v1/sessions/sess_x');
    expect(wrongMethod.headers.allow).toBe('GET, HEAD');
    const busy = await api.request('GET', '/v1/sessions/sess_x');
    expect([busy.statusCode, busy.headers['retry-after']]).toEqual([503, '5']);
    expect(busy.json()).toMatchObject({ code: 'store-unavailable' });
  });

  it('is problem+json even when the request is not HTTP', async () => {
    const api = testApi();
    await api.app.listen({ host: '127.0.0.1', port: 0 });
    const port = portOf(api.app.server.address());
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('INVITE sip:x SIP/2.0\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
    });
    await api.app.close();
    expect(answer).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/,
    );
    expect(answer).toContain('"code":"malformed-http"');
  });
});

describe('an invalid body', () => {
  const errorsOf = async (body: unknown) =>
    (await testApi().request('POST', '/v1/sessions', { body })).json<Problem>().errors;

  it.each<[string, unknown, Problem['errors']]>([
    ['no participants', {}, [{ field: 'participants', message: 'is required' }]],
    [
      'one participant',
      { participants: [{ number: CUSTOMER }] },
      [{ field: 'participants', message: 'must be at least 2 items long' }],
    ],
    [
      'a number that is no string',
      { participants: [{ number: 14155550123 }, { sip: AGENT }] },
      [{ field: 'participants[0].number', message: 'must be a string' }],
    ],
    [
      'unknown keys, each by its path',
      {
        ...openBody(),
        ttls: 5,
        participants: [{ number: CUSTOMER, name: 'Jane' }, { sip: AGENT }],
      },
      [
        { field: 'participants[0].name', message: 'is not a known field' },
        { field: 'ttls', message: 'is not a known field' },
      ],
    ],
    [
      'a participant with both addresses',
      { participants: [{ number: CUSTOMER, sip: AGENT }, { sip: AGENT }] },
      [{ field: 'participants[0]', message: 'must have exactly one of number and sip' }],
    ],
    [
      'several things at once',
      { ...openBody(), kind: 'call', ttl: 1.5 },
      [
        { field: 'kind', message: 'must be one of session, case, customer, agent, static' },
        { field: 'ttl', message: 'must be a whole number' },
      ],
    ],
  ])('is told by field: %s', async (_, body, errors) => {
    expect(await errorsOf(body)).toEqual(errors);
  });

  it('is told without repeating a value or a key that may be a number', async () => {
    const api = testApi();
    const bodies = [
      { [CUSTOMER]: 1, ...openBody() },
      { participants: [{ number: CUSTOMER.repeat(40) }, { sip: AGENT }] },
      { participants: [{ number: `${CUSTOMER};ext=1` }, { sip: AGENT }] },
      { participants: CUSTOMER },
      `{"participants":[{"number":"${CUSTOMER}"`,
    ];
    for (const body of bodies) {
      const answer = await api.request('POST', '/v1/sessions', { body, headers: JSON_TYPE });
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(answer.body).not.toContain('4155550123');
    }
    expect(JSON.stringify(api.log.lines)).not.toContain('4155550123');
  });
});

describe('a failure of ours', () => {
  const failWith = (error: unknown) =>
    testApi((deps) => ({ ...deps, house: { ...deps.house, sessions: failing(error) } }));

  it('is told as 500 without its text or stack, which go to the log with the request id', async () => {
    const api = failWith(new Error(`secret ${CUSTOMER} in /srv/app.ts`));
    const answer = await api.request('GET', '/v1/sessions/sess_x');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toMatch(/secret|4155550123|app\.ts|at /);
    expect(api.log.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        fields: expect.objectContaining({
          requestId: answer.headers['x-request-id'],
          code: 'internal-error',
        }) as object,
      }),
    );
  });

  it('is 503 when the vault does not answer', async () => {
    const answer = await failWith(new VaultError('gone')).request('GET', '/v1/sessions/sess_x');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'vault-unavailable' });
  });

  it('is 500 when what was thrown is no error at all', async () => {
    const answer = await failWith('text').request('GET', '/v1/sessions/sess_x');
    expect(answer.json()).toMatchObject({ code: 'internal-error' });
  });
});

describe('a token', () => {
  it.each([
    ['none', {}],
    ['another scheme', { authorization: `Basic ${TOKENS.acme}` }],
    ['nothing after the scheme', { authorization: 'Bearer ' }],
    ['a prefix of a token', { authorization: `Bearer ${TOKENS.acme.slice(0, -1)}` }],
    ['a token and more', { authorization: `Bearer ${TOKENS.acme} x` }],
  ])('is refused: %s', async (_, headers: Record<string, string>) => {
    const answer = await testApi().request('GET', '/v1/sessions', { token: undefined, headers });
    expect(answer.statusCode).toBe(401);
  });

  it('is asked for before the body is read', async () => {
    const body = { a: 'x'.repeat(70_000) };
    const answer = await testApi().request('POST', '/v1/sessions', { body, token: undefined });
    expect(answer.statusCode).toBe(401);
  });

  it('is taken whatever the case of the scheme', async () => {
    const headers = { authorization: `bearer ${TOKENS.acme}` };
    const answer = await testApi().request('GET', '/v1/sessions', { token: undefined, headers });
    expect(answer.statusCode).toBe(200);
  });
});

/** A port whose every method fails with `error`. */
function failing(error: unknown): SessionStore {
  return new Proxy({} as SessionStore, {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a test throws a text
    get: () => () => Promise.reject(error),
  });
}
