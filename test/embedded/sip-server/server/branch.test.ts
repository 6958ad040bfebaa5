import { describe, expect, it } from 'vitest';
import { Branch } from '../../../../src/embedded/sip-server/core/proxy/branch.js';
import { FakeNetwork, hop, inviteTo } from '../fake-network.js';

const uri = 'sip:bob@192.0.2.1';

/** One destination of a proxied INVITE. */
function ringing(finalMs?: number) {
  const network = new FakeNetwork();
  const failures: number[] = [];
  const target = { uri, destination: hop, named: uri };
  const branch = new Branch(network.state, target, {
    provisionalMs: undefined,
    finalMs,
    compose: () => inviteTo(uri),
    provisional: () => undefined,
    success: () => undefined,
    failed: (_, { status }) => failures.push(status),
  });
  branch.start();
  return { network, failures };
}

describe('Timer C of a proxied INVITE (RFC 3261 §16.6 step 11)', () => {
  it('ends what has not rung for three minutes', () => {
    const { network, failures } = ringing();
    network.answer(180);
    network.timing.advance(181_000);
    expect([network.cancelled, failures]).toEqual([1, [408]]);
  });

  it('begins anew with each sign that it still rings, but not with a 100', () => {
    const { network, failures } = ringing();
    for (const status of [180, 183, 182]) {
      network.timing.advance(180_000);
      network.answer(status);
    }
    network.timing.advance(180_000);
    expect([network.cancelled, failures]).toEqual([0, []]);
    network.answer(100);
    network.timing.advance(1_000);
    expect([network.cancelled, failures]).toEqual([1, [408]]);
  });

  it('gives way to the longest time that the application has set', () => {
    const { network, failures } = ringing(60_000);
    network.timing.advance(59_000);
    network.answer(180);
    network.timing.advance(1_000);
    expect([network.cancelled, failures]).toEqual([1, [408]]);
  });
});
