import { describe, expect, it } from 'vitest';
import { keepRinging } from '../../../../src/embedded/sip-server/core/ringing.js';
import type { CoreState, Inbound } from '../../../../src/embedded/sip-server/core/state.js';
import { rfcTimers } from '../../../../src/embedded/sip-server/transaction/timing.js';
import { FakeTiming } from '../fake-timing.js';

describe('a caller who waits', () => {
  it('hears the last 18x again every minute, until it has its answer (RFC 3261 §13.3.1.1)', () => {
    const timing = new FakeTiming();
    const heard: string[] = [];
    const inbound = {
      transaction: { repeat: (bytes: Buffer) => heard.push(bytes.toString()) },
      stopWaiting: () => undefined,
    } as unknown as Inbound;
    const settings = { ringingMs: 660_000 };
    const state = { timing, timers: rfcTimers, settings } as unknown as CoreState;
    keepRinging(state, inbound, Buffer.from('180'));
    timing.advance(59_999);
    expect(heard).toEqual([]);
    timing.advance(60_001);
    expect(heard).toEqual(['180', '180']);
    // Another 18x takes its place, and the minute begins anew.
    keepRinging(state, inbound, Buffer.from('183'));
    timing.advance(120_000);
    expect(heard.slice(2)).toEqual(['183', '183']);
    inbound.stopWaiting();
    expect(timing.pending).toBe(0);
  });
});
