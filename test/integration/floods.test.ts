import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FloodedLab } from '../floods/flooded-lab.js';
import { floods } from '../floods/floods.js';
import { onRealDrachtio } from '../support/engine.js';

/** test/load/floods.ts sends the full measure. */
const messages = 200;

describe.skipIf(onRealDrachtio)('after a flood (a drachtio-server admits by its own rules)', () => {
  let flooded: FloodedLab;

  beforeAll(async () => {
    flooded = await FloodedLab.open('off');
  });
  afterAll(() => flooded.close());

  it.for(floods)('of $what by a stranger all is as before, and he heard nothing', async (flood) => {
    const after = await flooded.stand(flood, 'stranger', messages);
    expect(after.answers).toBe(0);
    expect(after.turnedAway).toBe(0);
    expect(await flooded.lab.daemon.metric('callveil_legs_active')).toBe(0);
  });

  it.for(floods)('of $what by a trunk OPTIONS and a good call go well', async (flood) => {
    await flooded.stand(flood, 'trunk', messages);
    expect(await flooded.lab.daemon.metric('callveil_legs_active')).toBe(0);
  });

  it('next to nothing is left to do', async () => {
    await expect.poll(() => flooded.idleCpu(), { timeout: 10_000 }).toBeLessThan(0.5);
  });

  it('memory does not grow when it comes again', async () => {
    const before = flooded.rssMb;
    for (const flood of floods) await flooded.stand(flood, 'stranger', messages);
    expect(flooded.rssMb).toBeLessThan(before + 50);
  });
});
