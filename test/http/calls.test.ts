import { describe, expect, it } from 'vitest';
import { did } from '../../src/domain/numbers/did.js';
import type { LegRecord } from '../../src/domain/records/leg-record.js';
import type { SessionId } from '../../src/domain/sessions/session.js';
import { CallProblem } from '../../src/flows/call-problem.js';
import { legRecord, testApi, TOKENS, type TestApi } from './support.js';

async function store(api: TestApi, ...legs: LegRecord[]): Promise<void> {
  for (const leg of legs) await api.store.records.start(leg);
}

describe('GET /v1/calls/{id}/legs', () => {
  it('shows each leg with durations in whole units, null where nothing is known', async () => {
    const api = testApi();
    const leg = legRecord(api);
    await store(api, leg);
    const answer = await api.request('GET', `/v1/calls/${leg.callId}/legs`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      data: [
        {
          leg_id: leg.legId,
          call_id: leg.callId,
          consent_outcome: 'announced',
          leg: 'a',
          direction: 'from_carrier',
          session_id: 'sess_00000000000000000000000777',
          trunk: 'carrier',
          party_ref: null,
          proxy_number: '+12025550100',
          remote_country: 'US',
          sip_call_id: 'a84b4c76e66710@carrier.example',
          started_at: '2026-12-01T09:00:00.000Z',
          ringing_at: '2026-12-01T09:00:02.000Z',
          answered_at: '2026-12-01T09:00:10.000Z',
          ended_at: '2026-12-01T09:01:11.500Z',
          duration_ms: 71_500,
          billable_seconds: 62,
          status: 'completed',
          ended_by: 'caller',
          sip_status: 200,
          q850_cause: 16,
          result: 'success',
          reason: 'caller-hung-up',
          node: 'n1',
          recording_id: null,
        },
      ],
    });
  });

  it('shows a leg that is still under way', async () => {
    const api = testApi();
    const leg = legRecord(api, {
      answeredAt: undefined,
      endedAt: undefined,
      status: 'ringing',
      result: undefined,
      reason: undefined,
    });
    await store(api, leg);
    const answer = await api.request('GET', `/v1/calls/${leg.callId}/legs`);
    expect(answer.json<{ data: unknown[] }>().data[0]).toMatchObject({
      status: 'ringing',
      duration_ms: null,
      billable_seconds: 0,
      ended_at: null,
      result: null,
    });
  });

  it('is 404 for a call of another tenant and for one that never was', async () => {
    const api = testApi();
    const leg = legRecord(api);
    await store(api, leg);
    for (const [id, token] of [
      [leg.callId, TOKENS.umbrella],
      ['call_none', TOKENS.acme],
    ]) {
      const answer = await api.request('GET', `/v1/calls/${String(id)}/legs`, { token });
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ code: 'unknown-call' });
    }
  });
});

describe('GET /v1/calls', () => {
  it('tells a call as its caller lived it, with its legs', async () => {
    const api = testApi();
    const a = legRecord(api);
    const b = legRecord(api, { callId: a.callId, leg: 'b', proxyNumber: did('+12025550101') });
    await store(api, a, b);
    const page = (await api.request('GET', '/v1/calls')).json<{ data: unknown[] }>();
    expect(page.data).toEqual([
      expect.objectContaining({
        id: a.callId,
        session_id: a.sessionId,
        direction: 'from_carrier',
        status: 'completed',
        result: 'success',
        reason: 'caller-hung-up',
        legs: [expect.objectContaining({ leg: 'a' }), expect.objectContaining({ leg: 'b' })],
      }),
    ]);
  });

  it('pages, and filters by session', async () => {
    const api = testApi();
    const session = 'sess_00000000000000000000000888' as SessionId;
    const legs = [legRecord(api), legRecord(api, { sessionId: session }), legRecord(api)];
    await store(api, ...legs);
    const ids = async (query: string) => {
      const page = (await api.request('GET', `/v1/calls?${query}`)).json<{
        data: { id: string }[];
        next: string | null;
      }>();
      return [page.data.map(({ id }) => id), page.next];
    };
    const [one, two, three] = legs.map((leg) => leg.callId);
    expect(await ids('limit=2')).toEqual([[three, two], two]);
    expect(await ids(`limit=2&after=${String(two)}`)).toEqual([[one], null]);
    expect(await ids(`session_id=${session}`)).toEqual([[two], null]);
  });
});

describe('POST /v1/sessions/{id}/calls', () => {
  const path = '/v1/sessions/sess_1/calls';
  const body = { first: 'part_1' };

  it('answers with the call that has begun, and where it is', async () => {
    const asked: unknown[] = [];
    const api: TestApi = testApi((deps) => ({
      ...deps,
      originate: async (call) => {
        asked.push(call);
        const leg = legRecord(api, { direction: 'from_api' });
        await store(api, leg);
        return leg.callId;
      },
    }));
    const answer = await api.request('POST', path, { body });
    expect(answer.statusCode).toBe(201);
    expect(asked).toEqual([{ tenant: 'acme', session: 'sess_1', first: 'part_1' }]);
    const call = answer.json<{ id: string }>();
    expect(call).toMatchObject({ direction: 'from_api', legs: [{ leg: 'a' }] });
    expect(answer.headers.location).toBe(`/v1/calls/${call.id}`);
    const again = await api.request('GET', `/v1/calls/${call.id}`);
    expect(again.json()).toEqual(call);
    const others = await api.request('GET', `/v1/calls/${call.id}`, { token: TOKENS.umbrella });
    expect(others.statusCode).toBe(404);
  });

  it.each([
    ['session-not-open', 409],
    ['unknown-participant', 422],
    ['emergency-refused', 422],
    ['overloaded', 503],
    ['draining', 503],
    ['no-route', 503],
  ] as const)('tells %s as a problem', async (code, status) => {
    const originate = () => Promise.reject(new CallProblem(code));
    const api = testApi((deps) => ({ ...deps, originate }));
    const answer = await api.request('POST', path, { body });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code });
  });

  it('takes no caller ID of the client’s own', async () => {
    const answer = await testApi().request('POST', path, {
      body: { ...body, caller_id: '+14155550100' },
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.body).not.toContain('4155550100');
  });
});
