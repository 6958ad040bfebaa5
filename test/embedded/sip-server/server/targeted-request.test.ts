import { describe, expect, it } from 'vitest';
import { TargetedRequest } from '../../../../src/embedded/sip-server/core/targeted-request.js';
import { FakeNetwork, hop, inviteTo } from '../fake-network.js';

const uri = 'sip:bob@192.0.2.1';
const another = { ...hop, address: '192.0.2.2' };
const user = { response: () => undefined, timedOut: () => undefined, unreachable: () => undefined };

/** The network after an INVITE to two targets that the first answered 503 with this Retry-After. */
function refused(retryAfter: string, to?: string): FakeNetwork {
  const network = new FakeNetwork();
  new TargetedRequest(network.state, inviteTo(uri, to), [hop, another]).send(user);
  network.answer(503, [{ name: 'Retry-After', value: retryAfter }]);
  return network;
}

describe('a target that asks to be left alone (RFC 3261 §21.5.4)', () => {
  it('is tried last for as long as it says', () => {
    const { avoided, timing } = refused('20 (maintenance)');
    timing.advance(19_999);
    expect(avoided.has(hop)).toBe(true);
    timing.advance(1);
    expect(avoided.has(hop)).toBe(false);
  });

  it('is tried last for a minute at most, because the word may be that of one phone behind it', () => {
    const { avoided, timing } = refused('86400');
    timing.advance(59_999);
    expect(avoided.has(hop)).toBe(true);
    timing.advance(1);
    expect(avoided.has(hop)).toBe(false);
  });

  it('is not tried last for what it says inside a call, where the other end speaks', () => {
    const { avoided } = refused('20', `<${uri}>;tag=bob`);
    expect(avoided.has(hop)).toBe(false);
  });
});
