import { describe, expect, it } from 'vitest';
import { defaultTransportLimits } from '../../../../src/embedded/sip-server/transport/transport-limits.js';
import { StreamRoom, whoGoes } from '../../../../src/embedded/sip-server/transport/stream-room.js';

const stream = (address: string, activeAtMs: number, expendable = false) => ({
  destroy: () => undefined,
  remote: { protocol: 'tcp', address, port: activeAtMs } as const,
  activeAtMs,
  expendable,
});

describe('when there are as many streams as allowed', () => {
  it('the oldest that has not brought a message goes', () => {
    const silent = [stream('10.0.0.2', 5, true), stream('10.0.0.3', 4, true)];
    expect(whoGoes([stream('10.0.0.1', 1), ...silent], '10.0.0.9')).toBe(silent[0]);
  });

  it('else the longest idle one of the address that holds the most', () => {
    const greedy = [7, 3, 5].map((at) => stream('10.0.0.2', at));
    expect(whoGoes([stream('10.0.0.1', 1), ...greedy], '10.0.0.9')).toBe(greedy[1]);
    expect(whoGoes([stream('10.0.0.1', 1), ...greedy], '10.0.0.1')).toBe(greedy[1]);
  });

  it('one IPv6 host counts once, though each of its streams has another address', () => {
    const greedy = [7, 3, 5].map((at) => stream(`2001:db8::${at}`, at));
    const others = [stream('2001:db8:1::1', 1), stream('10.0.0.1', 1)];
    expect(whoGoes([...others, ...greedy], '10.0.0.9')).toBe(greedy[1]);
    expect(whoGoes([...others, ...greedy], '2001:db8::9')).toBeUndefined();
  });

  it('nobody goes for the greediest himself, nor while each holds one', () => {
    const greedy = [7, 3, 5].map((at) => stream('10.0.0.2', at));
    expect(whoGoes([stream('10.0.0.1', 1), ...greedy], '10.0.0.2')).toBeUndefined();
    expect(whoGoes([stream('10.0.0.1', 1), stream('10.0.0.2', 2)], '10.0.0.9')).toBeUndefined();
  });
});

describe('a newcomer', () => {
  const limits = {
    ...defaultTransportLimits,
    connections: 10,
    connectionsPerSource: 3,
    handshakes: 2,
  };

  it('whose address has its share takes a place of his own kind, or none', () => {
    const room = new StreamRoom(limits);
    const streams = [1, 2, 3].map((at) => stream('10.0.0.2', at, at === 2));
    for (const one of streams) room.enter(one);
    expect(room.makeRoom('10.0.0.2')).toBe(true);
    expect([...room]).toEqual([streams[0], streams[2]]);
    room.enter(stream('10.0.0.2', 4));
    expect(room.makeRoom('10.0.0.2')).toBe(false);
    expect(room.makeRoom('10.0.0.3')).toBe(true);
  });

  it('has the share of his IPv6 /64, whichever of its addresses he takes', () => {
    const room = new StreamRoom(limits);
    const streams = [1, 2, 3].map((at) => stream(`2001:db8::${at}`, at));
    for (const one of streams) room.enter(one);
    expect(room.makeRoom('2001:db8::4')).toBe(false);
    expect(room.makeRoom('2001:db8:0:1::4')).toBe(true);
    room.leave(streams[0]!);
    expect(room.makeRoom('2001:db8::4')).toBe(true);
  });

  it('takes the place of the slowest handshake when there are too many', () => {
    const room = new StreamRoom(limits);
    const handshakes = [1, 2].map((at) => stream(`10.0.1.${at}`, at, true));
    for (const one of handshakes) room.enter(one, true);
    expect(room.makeRoom('10.0.0.3')).toBe(true);
    expect([...room]).toEqual([handshakes[1]]);
  });
});
