import { describe, expect, it } from 'vitest';
import { Faults } from '../../../../src/embedded/sip-server/admission/faults.js';
import { FakeTiming } from '../fake-timing.js';

const times = (faults: Faults) => faults.take().map((fault) => [fault.text, fault.times]);

describe('what went wrong in the engine', () => {
  it('is told at once, and what comes again once a minute with how often', () => {
    const timing = new FakeTiming();
    const faults = new Faults(timing);
    faults.trouble(new Error('no TLS with 192.0.2.1'));
    expect(times(faults)).toEqual([['no TLS with 192.0.2.1', 1]]);
    for (let i = 0; i < 500; i += 1) faults.trouble(new Error('no TLS with 192.0.2.1'));
    timing.advance(59_999);
    expect(times(faults)).toEqual([]);
    timing.advance(1);
    expect(times(faults)).toEqual([['no TLS with 192.0.2.1', 500]]);
  });

  it('names the kind and the place in the code', () => {
    const faults = new Faults(new FakeTiming());
    faults.bug(new TypeError('of sip:alice@example'));
    faults.bug('thrown');
    const [fault, other] = faults.take();
    expect(fault).toMatchObject({ kind: 'bug', type: 'TypeError', times: 1 });
    expect(fault?.at.split('\n')[0]).toContain('faults.test.ts');
    expect(other).toMatchObject({ kind: 'bug', type: 'string', at: '' });
  });

  it('is sixteen lines a minute at most, whatever a peer makes of it', () => {
    const timing = new FakeTiming();
    const faults = new Faults(timing);
    const storm = (): void => {
      for (let i = 0; i < 1_000; i += 1) faults.trouble(new Error(`${i} `.repeat(1_000)));
    };
    storm();
    const told = faults.take();
    expect(told).toHaveLength(16);
    expect(told.reduce((sum, fault) => sum + fault.times, 0)).toBe(1_000);
    expect(Math.max(...told.map(({ text }) => text.length))).toBe(300);
    storm();
    expect(faults.take()).toEqual([]);
  });

  it('is forgotten when it does not come again, so that others find room', () => {
    const timing = new FakeTiming();
    const faults = new Faults(timing);
    for (let i = 0; i < 16; i += 1) faults.trouble(new Error(`old ${i}`));
    faults.take();
    timing.advance(60_000);
    faults.take();
    faults.trouble(new Error('new'));
    expect(times(faults)).toEqual([['new', 1]]);
  });
});
