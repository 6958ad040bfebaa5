import { beforeEach, describe, expect, it } from 'vitest';
import { ProxiedCalls } from '../../../../src/embedded/sip-server/core/proxy/proxied-calls.js';
import type { SipRequest } from '../../../../src/embedded/sip-server/message/sip-message.js';
import { FakeTiming } from '../fake-timing.js';

const hop = { protocol: 'udp', address: '192.0.2.1', port: 5060 } as const;
const listener = { ...hop, address: '192.0.2.9', externalAddress: '192.0.2.9' };
const minutes = 60_000;

/** A request of the call, from the caller's end. */
function request(callId: string, method = 'INVITE', toTag = ''): SipRequest {
  const headers = [
    { name: 'Call-ID', value: callId },
    { name: 'From', value: '<sip:a@192.0.2.1>;tag=caller' },
    { name: 'To', value: `<sip:b@192.0.2.1>${toTag && `;tag=${toTag}`}` },
  ];
  return { kind: 'request', method, uri: 'sip:b@192.0.2.1', headers, body: Buffer.alloc(0) };
}

describe('the calls that pass through us', () => {
  let timing: FakeTiming;
  let calls: ProxiedCalls;

  beforeEach(() => {
    timing = new FakeTiming();
    calls = new ProxiedCalls(timing, () => false, 3);
  });

  function answer(callId: string, status: number, tag = 'callee'): void {
    const { headers, body } = request(callId, 'INVITE', tag);
    const response = { kind: 'response', status, reason: '', headers, body } as const;
    const received = { message: request(callId), bytes: 0, from: hop, listener };
    calls.learn(received, response, hop, [listener]);
  }

  const known = (callId: string, tag = 'callee'): boolean =>
    calls.passageOf(request(callId, 'INFO', tag)) !== undefined;

  it('are known for five minutes without a message while they ring', () => {
    answer('one', 180);
    timing.advance(5 * minutes - 1);
    expect(known('one')).toBe(true);
    timing.advance(5 * minutes - 1);
    answer('one', 180);
    timing.advance(5 * minutes - 1);
    expect(known('one')).toBe(true);
    timing.advance(5 * minutes);
    expect(known('one')).toBe(false);
    expect(timing.pending).toBe(0);
  });

  it('are known for twelve hours without a message once they are answered', () => {
    answer('one', 180);
    answer('one', 200);
    timing.advance(12 * 60 * minutes - 1);
    expect(known('one')).toBe(true);
    timing.advance(12 * 60 * minutes);
    expect(known('one')).toBe(false);
    expect(timing.pending).toBe(0);
  });

  it('make room for new ones, first the one that was silent longest', () => {
    for (const callId of ['one', 'two', 'three']) answer(callId, 200);
    expect(known('one')).toBe(true);
    answer('four', 180);
    expect(['one', 'two', 'three', 'four'].map((callId) => known(callId))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(timing.pending).toBe(3);
  });
});
