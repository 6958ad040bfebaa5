import { describe, expect, it } from 'vitest';
import { whoGoes } from '../../../../src/embedded/sip-server/transport/stream-room.js';

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

  it('nobody goes for the greediest himself, nor while each holds one', () => {
    const greedy = [7, 3, 5].map((at) => stream('10.0.0.2', at));
    expect(whoGoes([stream('10.0.0.1', 1), ...greedy], '10.0.0.2')).toBeUndefined();
    expect(whoGoes([stream('10.0.0.1', 1), stream('10.0.0.2', 2)], '10.0.0.9')).toBeUndefined();
  });
});
