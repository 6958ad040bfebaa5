import { describe, expect, it } from 'vitest';
import { TargetedRequest } from '../../../../src/embedded/sip-server/core/targeted-request.js';
import type { Hop } from '../../../../src/embedded/sip-server/message/sip-message.js';
import { FakeNetwork, hop, inviteTo, requestTo } from '../fake-network.js';

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

  it('is left alone too when it was the last to be asked', () => {
    const network = refused('20');
    network.answer(503, [{ name: 'Retry-After', value: '30' }]);
    expect(network.sentTo).toEqual([hop, another]);
    expect([hop, another].map((target) => network.avoided.has(target))).toEqual([true, true]);
    network.timing.advance(20_000);
    new TargetedRequest(network.state, inviteTo(uri), [another, hop]).send(user);
    expect(network.sentTo.at(-1)).toEqual(hop);
  });

  it('is not tried last for what it says inside a call, where the other end speaks', () => {
    const { avoided } = refused('20', `<${uri}>;tag=bob`);
    expect(avoided.has(hop)).toBe(false);
  });
});

describe('a request that is no INVITE', () => {
  function sent(method: string, targets: readonly Hop[]) {
    const network = new FakeNetwork();
    const heard: (number | string)[] = [];
    new TargetedRequest(network.state, requestTo(method, uri), targets).send({
      response: ({ status }) => heard.push(status),
      timedOut: () => heard.push('timed out'),
      unreachable: () => heard.push('unreachable'),
    });
    return { network, heard };
  }

  it('goes to the next target when the first is silent for 8·T1 (RFC 3263 §4.3)', () => {
    const { network, heard } = sent('OPTIONS', [hop, another]);
    network.timing.advance(3_999);
    expect(network.sentTo).toEqual([hop]);
    network.timing.advance(1);
    expect(network.sentTo).toEqual([hop, another]);
    network.answer(200);
    expect(heard).toEqual([200]);
    expect(network.avoided.has(hop)).toBe(true);
  });

  it('has one answer, though the first target does it after all', () => {
    const { network, heard } = sent('MESSAGE', [hop, another]);
    network.timing.advance(4_000);
    network.answer(202, [], 0);
    network.answer(200, [], 1);
    network.timeOut();
    expect(heard).toEqual([202]);
  });

  it('takes no late refusal for the answer while the next one is asked', () => {
    const { network, heard } = sent('MESSAGE', [hop, another]);
    network.timing.advance(4_000);
    network.answer(408, [], 0);
    network.answer(200, [], 1);
    expect(heard).toEqual([200]);
  });

  it('waits for its time with a target that answers 100, and with the only one', () => {
    const slow = sent('MESSAGE', [hop, another]);
    slow.network.answer(100);
    slow.network.timing.advance(31_999);
    expect(slow.network.sentTo).toEqual([hop]);
    const only = sent('MESSAGE', [hop]);
    only.network.timing.advance(31_999);
    expect(only.network.sentTo).toEqual([hop]);
    only.network.timeOut();
    expect(only.heard).toEqual(['timed out']);
  });
});
