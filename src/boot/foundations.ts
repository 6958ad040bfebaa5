import type { Config } from '../config/config.js';
import type { Ids } from '../domain/ids.js';
import type { Clock } from '../domain/time.js';
import type { Log } from '../flows/ports/telemetry.js';
import { createLog } from '../telemetry/log.js';
import { PrometheusMetrics } from '../telemetry/metrics.js';
import { systemClock } from './system-clock.js';
import { ulidIds } from './ulid-ids.js';
import { VERSION } from './version.js';

/** What every other part needs: time, ids, and where to say what happens. */
export interface Foundations {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: PrometheusMetrics;
}

export function layFoundations(config: Config): Foundations {
  const clock = systemClock();
  const log = createLog({ level: config.log.level, clock, node: config.node });
  for (const { path, message } of config.warnings) {
    log.warn('Configuration', { at: path.join('.'), message });
  }
  const metrics = new PrometheusMetrics({ version: VERSION, node: config.node, log });
  return { clock, ids: ulidIds(clock), log, metrics };
}
