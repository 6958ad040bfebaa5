import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerRepeater } from '../../../../src/embedded/sip-server/transaction/answer-repeater.js';
import { Mailbox } from '../../../../src/embedded/sip-server/dialog/mailbox.js';
import { ReliableProvisionals } from '../../../../src/embedded/sip-server/dialog/reliable-provisionals.js';
import { SessionTimer } from '../../../../src/embedded/sip-server/dialog/session-timer.js';
import { rfcTimers } from '../../../../src/embedded/sip-server/transaction/timing.js';
import { FakeTiming } from '../fake-timing.js';

const timers = rfcTimers;

describe('an answer that waits for its ACK', () => {
  it('is repeated after T1, doubling up to T2, and given up after 64*T1', () => {
    const timing = new FakeTiming();
    const at: number[] = [];
    let gaveUp = 0;
    const repeat = () => at.push(timing.now());
    new AnswerRepeater({ timing, timers, repeat, gaveUp: () => (gaveUp += 1) });
    timing.advance(100_000);
    expect(at).toEqual([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
    expect([gaveUp, timing.pending]).toEqual([1, 0]);
  });

  it('is silent once stopped, whenever that is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), (when) => {
        const timing = new FakeTiming();
        let repeats = 0;
        const repeater = new AnswerRepeater({
          timing,
          timers,
          repeat: () => (repeats += 1),
          gaveUp: () => undefined,
        });
        timing.advance(when);
        repeater.stop();
        const before = repeats;
        timing.advance(100_000);
        expect([repeats, timing.pending]).toEqual([before, 0]);
      }),
    );
  });
});

describe('reliable provisional responses', () => {
  it('go out one after the other, each when the one before is acknowledged', () => {
    const timing = new FakeTiming();
    const sent: string[] = [];
    const reliable = new ReliableProvisionals({ timing, timers, gaveUp: () => undefined });
    const first = reliable.nextRSeq();
    const second = reliable.nextRSeq();
    expect(second).toBe(first + 1);
    reliable.send(first, () => sent.push('first'));
    reliable.send(second, () => sent.push('second'));
    expect(sent).toEqual(['first']);
    expect(reliable.acknowledge(second)).toBe(false);
    timing.advance(500);
    expect(sent).toEqual(['first', 'first']);
    expect(reliable.acknowledge(first)).toBe(true);
    expect(sent).toEqual(['first', 'first', 'second']);
    expect(reliable.acknowledge(second)).toBe(true);
    expect(reliable.acknowledge(second)).toBe(false);
    timing.advance(100_000);
    expect(sent).toHaveLength(3);
  });

  it('give up after 64*T1 and fall silent at the final response', () => {
    const timing = new FakeTiming();
    let gaveUp = 0;
    const options = { timing, timers, gaveUp: () => (gaveUp += 1) };
    new ReliableProvisionals(options).send(1, () => undefined);
    timing.advance(32_000);
    expect(gaveUp).toBe(1);
    const stopped = new ReliableProvisionals(options);
    stopped.send(1, () => undefined);
    stopped.stop();
    expect(timing.pending).toBe(0);
  });
});

describe('a session timer', () => {
  const start = (weRefresh: boolean) => {
    const timing = new FakeTiming();
    const seen: string[] = [];
    const timer = new SessionTimer({
      timing,
      seconds: 90,
      weRefresh,
      refresh: () => seen.push(`refresh ${timing.now()}`),
      expired: () => seen.push(`expired ${timing.now()}`),
    });
    return { timing, seen, timer };
  };

  it('refreshes at half the interval and expires at its end', () => {
    const { timing, seen } = start(true);
    timing.advance(200_000);
    expect(seen).toEqual(['refresh 45000', 'expired 90000']);
  });

  it('only watches when the peer refreshes, and ends a third earlier (RFC 4028 §10)', () => {
    const { timing, seen } = start(false);
    timing.advance(200_000);
    expect(seen).toEqual(['expired 60000']);
  });

  it('does nothing once stopped', () => {
    const { timing, seen, timer } = start(true);
    timer.stop();
    timing.advance(200_000);
    expect(seen).toEqual([]);
  });
});

describe('a mailbox', () => {
  it('delivers at once, except while it holds, and always in order', () => {
    const timing = new FakeTiming();
    const mailbox = new Mailbox(timing);
    const seen: number[] = [];
    mailbox.post(() => seen.push(1));
    mailbox.holdFor(20);
    mailbox.post(() => seen.push(2));
    mailbox.post(() => seen.push(3));
    expect(seen).toEqual([1]);
    timing.advance(20);
    mailbox.post(() => seen.push(4));
    expect(seen).toEqual([1, 2, 3, 4]);
  });
});
