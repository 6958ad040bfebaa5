import { execFileSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/boot/system-clock.js';
import { millis, seconds, type Clock } from '../../src/domain/time.js';
import { FakeClock } from '../support/fake-clock.js';

describe('the system clock', () => {
  it('shows the time of the machine', () => {
    const before = Date.now();
    expect(systemClock().now()).toBeGreaterThanOrEqual(before);
  });

  it('waits longer than a Node timer can, and can be cancelled', () => {
    vi.useFakeTimers();
    const run = vi.fn();
    const clock: Clock = systemClock();
    const day = seconds(86_400);
    clock.after(millis(30 * day), run);
    clock.after(millis(31 * day), run).cancel();
    vi.advanceTimersByTime(30 * day - 1);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
    const long = clock.after(millis(60 * day), run);
    vi.advanceTimersByTime(50 * day);
    long.cancel();
    vi.advanceTimersByTime(50 * day);
    expect(run).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });

  it('does not keep the process alive', () => {
    const script = `import { systemClock } from './src/boot/system-clock.ts';
      systemClock().after(60_000, () => {});`;
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      timeout: 15_000,
    });
  });
});

describe('the fake clock', () => {
  it('runs timers at their own time, in order, also those armed on the way', () => {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(`${name}@${clock.now()}`);
    clock.after(millis(20), note('late'));
    clock.after(millis(10), () => {
      note('early')();
      clock.after(millis(5), note('chained'));
    });
    clock.after(millis(10), note('tied'));
    clock.after(millis(12), note('never')).cancel();
    clock.advance(millis(20));
    expect(seen).toEqual(['early@10', 'tied@10', 'chained@15', 'late@20']);
    expect(clock.now()).toBe(20);
    expect(clock.pending).toBe(0);
  });
});
