import { between } from '../../domain/time.js';
import type { House } from '../house.js';
import type { CallStage } from '../ports/telemetry.js';

/** Runs one stage of a call and notes how long it took, however it ended. */
export async function timed<T>(
  stage: CallStage,
  house: Pick<House, 'clock' | 'metrics'>,
  run: () => T | Promise<T>,
): Promise<T> {
  const since = house.clock.now();
  try {
    return await run();
  } finally {
    house.metrics.stage(stage, between(since, house.clock.now()));
  }
}
