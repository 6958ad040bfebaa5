import { describe, expect, it } from 'vitest';
import { millis } from '../../src/domain/time.js';
import { Pace } from '../../src/media/pace.js';
import { FakeClock } from '../support/fake-clock.js';

describe('the pace at which endpoints are opened', () => {
  const paced = (perSecond: number) => {
    const clock = new FakeClock();
    const pace = new Pace(clock);
    pace.perSecond = perSecond;
    const begun: number[] = [];
    const take = (): Promise<void> => pace.take().then(() => void begun.push(clock.now()));
    return { clock, begun, take };
  };

  it('lets no more begin in any second than the server takes, less a tenth', async () => {
    const { clock, begun, take } = paced(20);
    const all = Array.from({ length: 40 }, () => take());
    for (let tick = 0; tick < 25; tick += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(millis(100));
    }
    await Promise.all(all);
    for (const at of begun) {
      expect(begun.filter((other) => other >= at && other < at + 1000).length).toBeLessThan(19);
    }
  });

  it('refuses what would have to wait for more than two seconds', async () => {
    const { take } = paced(10);
    let refused = 0;
    for (let n = 0; n < 30; n += 1) take().catch(() => (refused += 1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(refused).toBe(3);
  });
});
