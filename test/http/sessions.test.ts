import { describe, expect, it } from 'vitest';
import { seconds } from '../../src/domain/time.js';
import { AGENT, CUSTOMER, openBody, testApi, TOKENS } from './support.js';

interface Session {
  readonly id: string;
  readonly status: string;
  readonly participants: readonly { readonly proxy_number: string; readonly address: string }[];
}

const openOne = async (api: ReturnType<typeof testApi>, more: Record<string, unknown> = {}) =>
  (await api.request('POST', '/v1/sessions', { body: openBody(more) })).json<Session>();

describe('POST /v1/sessions', () => {
  it('opens a session, names it in Location, and gives each participant a proxy number', async () => {
    const api = testApi();
    const answer = await api.request('POST', '/v1/sessions', {
      body: openBody({ kind: 'case', reference: 'order-7' }),
    });
    const session = answer.json<Session>();
    expect(answer.statusCode).toBe(201);
    expect(answer.headers.location).toBe(`/v1/sessions/${session.id}`);
    expect(session).toEqual({
      id: expect.stringMatching(/^sess_/) as string,
      kind: 'case',
      status: 'open',
      reference: 'order-7',
      created_at: '2026-12-01T09:00:00.000Z',
      expires_at: null,
      closed_at: null,
      participants: [
        {
          id: expect.stringMatching(/^part_/) as string,
          reference: 'customer-7',
          address: '+1•••••••123',
          reached_by: 'carrier',
          proxy_number: expect.stringMatching(/^\+1202555010[01]$/) as string,
          party_ref: expect.stringMatching(/^pty_/) as string,
        },
        expect.objectContaining({ reference: null, reached_by: 'pbx', address: 'sip:1•••@•••' }),
      ],
    });
  });

  it('takes numbers in and never gives them out, in no answer and no log line', async () => {
    const api = testApi();
    const { id } = await openOne(api);
    const answers = [
      await api.request('GET', `/v1/sessions/${id}`),
      await api.request('GET', '/v1/sessions'),
      await api.request('POST', `/v1/sessions/${id}/close`),
    ].map((answer) => answer.body);
    const shown = answers.join() + JSON.stringify(api.log.lines);
    expect(shown).toContain('+1•••••••123');
    expect(shown).not.toContain(CUSTOMER.slice(2));
    expect(shown).not.toContain('1007');
  });

  it('is an hour long by default and as long as ttl says', async () => {
    const api = testApi();
    expect(await openOne(api)).toMatchObject({ expires_at: '2026-12-01T10:00:00.000Z' });
    expect(await openOne(api, { ttl: 1800 })).toMatchObject({
      expires_at: '2026-12-01T09:30:00.000Z',
    });
  });

  it.each([
    ['bad-ttl', 'ttl', openBody({ ttl: 1e9 }), 422],
    [
      'bad-number',
      'participants[0].number',
      { participants: [{ number: '12' }, { sip: AGENT }] },
      422,
    ],
    [
      'bad-sip-address',
      'participants[1].sip',
      { participants: [{ number: CUSTOMER }, { sip: 'x' }] },
      422,
    ],
    [
      'emergency-number',
      'participants[0].number',
      { participants: [{ number: '911' }, { sip: AGENT }] },
      422,
    ],
    [
      'participant-is-did',
      'participants[0].number',
      { participants: [{ number: '+12025550100' }, { sip: AGENT }] },
      422,
    ],
    [
      'participants-equal',
      'participants[1].number',
      { participants: [{ number: CUSTOMER }, { number: CUSTOMER }] },
      422,
    ],
    ['bad-reference', 'reference', openBody({ reference: 'call 415-555-0123' }), 422],
  ])('answers %s and names %s', async (code, field, body, status) => {
    const answer = await testApi().request('POST', '/v1/sessions', { body });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code, errors: [{ field }] });
    expect(answer.body).not.toMatch(/4155550123|415-555-0123|2025550100/);
  });

  it('answers 409 when a participant has a session on every DID', async () => {
    const api = testApi();
    await openOne(api);
    await openOne(api);
    const answer = await api.request('POST', '/v1/sessions', { body: openBody() });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      code: 'no-free-did',
      errors: [{ field: 'participants[0]' }],
    });
  });
});

describe('GET /v1/sessions', () => {
  it('pages from new to old, without repeating or losing one', async () => {
    const api = testApi();
    const opened: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { id } = await openOne(api);
      opened.unshift(id);
      await api.request('POST', `/v1/sessions/${id}/close`);
    }
    const seen: string[] = [];
    let next: string | null = null;
    let pages = 0;
    do {
      const answer = await api.request(
        'GET',
        `/v1/sessions?limit=2${next ? `&after=${next}` : ''}`,
      );
      const page = answer.json<{ data: Session[]; has_more: boolean; next: string | null }>();
      expect(page.has_more).toBe(page.next !== null);
      seen.push(...page.data.map((session) => session.id));
      next = page.next;
      pages += 1;
    } while (next !== null);
    expect(seen).toEqual(opened);
    expect(pages).toBe(3);
  });

  it('does not promise a page after a last page that is full', async () => {
    const api = testApi();
    await openOne(api);
    const answer = await api.request('GET', '/v1/sessions?limit=1');
    expect(answer.json()).toMatchObject({ has_more: false, next: null });
  });

  it('filters by status and reference', async () => {
    const api = testApi();
    const first = await openOne(api, { reference: 'order-7' });
    await api.request('POST', `/v1/sessions/${first.id}/close`);
    const second = await openOne(api, { reference: 'order-8' });
    const idsOf = async (query: string) =>
      (await api.request('GET', `/v1/sessions?${query}`))
        .json<{ data: Session[] }>()
        .data.map(({ id }) => id);
    expect(await idsOf('status=open')).toEqual([second.id]);
    expect(await idsOf('status=closed')).toEqual([first.id]);
    expect(await idsOf('reference=order-7')).toEqual([first.id]);
  });

  it.each([
    ['limit=0', 'limit', 'must be at least 1'],
    ['limit=101', 'limit', 'must be at most 100'],
    ['limit=many', 'limit', 'must be a number'],
    ['after=sess_1', 'after', 'must be the id of a session'],
    ['status=gone', 'status', 'must be one of open, closed, expired'],
    ['lmit=1', 'lmit', 'is not a known field'],
  ])('refuses ?%s', async (query, field, message) => {
    const answer = await testApi().request('GET', `/v1/sessions?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'invalid-request', errors: [{ field, message }] });
  });
});

describe('a session', () => {
  it('is closed once; closing it again changes nothing', async () => {
    const api = testApi();
    const { id } = await openOne(api);
    const close = () => api.request('POST', `/v1/sessions/${id}/close`, { body: {} });
    const first = (await close()).json<Record<string, unknown>>();
    expect(first).toMatchObject({ status: 'closed', closed_at: '2026-12-01T09:00:00.000Z' });
    api.clock.advance(seconds(60));
    expect((await close()).json()).toEqual(first);
  });

  it('is closed without a body, also by a client that sends the JSON content type', async () => {
    const api = testApi();
    const { id } = await openOne(api);
    const headers = { 'content-type': 'application/json' };
    const answer = await api.request('POST', `/v1/sessions/${id}/close`, { headers });
    expect(answer.statusCode).toBe(200);
  });

  it('reads as expired as soon as its time has passed', async () => {
    const api = testApi();
    const { id } = await openOne(api);
    api.clock.advance(seconds(3600));
    expect((await api.request('GET', `/v1/sessions/${id}`)).json()).toMatchObject({
      status: 'expired',
      closed_at: '2026-12-01T10:00:00.000Z',
    });
  });

  it('does not exist for another tenant: not to read, list or close', async () => {
    const api = testApi();
    const { id } = await openOne(api);
    const asOther = { token: TOKENS.umbrella };
    for (const answer of [
      await api.request('GET', `/v1/sessions/${id}`, asOther),
      await api.request('POST', `/v1/sessions/${id}/close`, asOther),
    ]) {
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ code: 'unknown-session' });
    }
    expect((await api.request('GET', '/v1/sessions', asOther)).json()).toMatchObject({ data: [] });
    expect((await api.request('GET', `/v1/sessions/${id}`)).json()).toMatchObject({
      status: 'open',
    });
  });
});
