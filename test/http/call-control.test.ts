import { beforeEach, describe, expect, it } from 'vitest';
import type { CallId, LegRecord } from '../../src/domain/records/leg-record.js';
import type { CallControl } from '../../src/flows/call-control.js';
import { CallProblem } from '../../src/flows/call-problem.js';
import { legRecord, testApi, TOKENS, type TestApi } from './support.js';

let api: TestApi;
beforeEach(() => {
  api = testApi();
});

async function recorded(change: Partial<LegRecord> = {}): Promise<CallId> {
  const leg = legRecord(api, { endedAt: undefined, ...change });
  await api.store.records.start(leg);
  return leg.callId;
}

/** A call that goes on, and what was asked of it. */
async function live(control: Partial<CallControl> = {}): Promise<[CallId, unknown[]]> {
  const id = await recorded();
  const asked: unknown[] = [];
  api.goesOn({
    id,
    hangUp: () => asked.push('hang up'),
    mute: (...what) => Promise.resolve(void asked.push(what)),
    sendDigits: (...what) => Promise.resolve(void asked.push(what)),
    ...control,
  });
  return [id, asked];
}

const BODIES = {
  'hang-up': undefined,
  mute: { leg: 'a', muted: true },
  dtmf: { leg: 'b', digits: '12#' },
} as const;
type Order = keyof typeof BODIES;
const ORDERS = Object.keys(BODIES) as Order[];

const post = (id: string, order: Order, more: Parameters<TestApi['request']>[2] = {}) =>
  api.request('POST', `/v1/calls/${id}/${order}`, { body: BODIES[order], ...more });
const problem = async (...args: Parameters<typeof post>): Promise<unknown[]> => {
  const answer = await post(...args);
  return [answer.statusCode, answer.json<{ code: string }>().code];
};

describe('POST /v1/calls/{id}/hang-up, /mute and /dtmf', () => {
  it('give a live call the order, to the leg that is meant', async () => {
    const [id, asked] = await live();
    for (const order of ORDERS) expect((await post(id, order)).statusCode).toBe(204);
    await post(id, 'mute', { body: { leg: 'b', muted: false } });
    expect(asked).toEqual(['hang up', ['caller', true], ['callee', '12#'], ['callee', false]]);
  });

  it('know no call of another tenant', async () => {
    const [id, asked] = await live();
    for (const order of ORDERS) {
      const others = { token: TOKENS.umbrella };
      expect(await problem(id, order, others)).toEqual([404, 'unknown-call']);
      expect(await problem('call_nobody', order)).toEqual([404, 'unknown-call']);
    }
    expect(asked).toEqual([]);
  });

  it('tell of a call that is over, or not as far, or an emergency', async () => {
    const over = legRecord(api);
    await api.store.records.start(over);
    const early = await recorded();
    const [urgent] = await live({ isEmergency: true });
    for (const order of ORDERS) {
      expect(await problem(over.callId, order)).toEqual([409, 'call-over']);
      expect(await problem(early, order)).toEqual([409, 'too-early']);
      expect(await problem(urgent, order)).toEqual([409, 'emergency-call']);
    }
  });

  it.each([
    ['media-not-anchored', 409],
    ['digits-refused', 409],
    ['media-failed', 503],
  ] as const)('answer %s with %i', async (code, status) => {
    const [id] = await live({ mute: () => Promise.reject(new CallProblem(code)) });
    expect(await problem(id, 'mute')).toEqual([status, code]);
  });

  it.each([
    ['mute', { leg: 'c', muted: true }],
    ['mute', { leg: 'a' }],
    ['dtmf', { leg: 'a', digits: '' }],
    ['dtmf', { leg: 'a', digits: '1w2' }],
    ['dtmf', { leg: 'a', digits: '1'.repeat(33) }],
    ['hang-up', { leg: 'a' }],
  ] as const)('refuse %s with %j', async (order, body) => {
    const [id, asked] = await live();
    expect(await problem(id, order, { body })).toEqual([400, 'invalid-request']);
    expect(asked).toEqual([]);
  });
});
