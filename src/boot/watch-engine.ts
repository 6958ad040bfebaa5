import type { Log } from '../flows/ports/telemetry.js';
import type { EngineVitals, PrometheusMetrics } from '../telemetry/metrics.js';

export interface BlockedSource {
  readonly address: string;
  readonly reason: string;
  readonly count: number;
}

export type EngineReport = EngineVitals & { readonly blocked: readonly BlockedSource[] };

/** One line about sources that are kept out in so many milliseconds, whatever comes. */
const BLOCKED_EVERY_MS = 60_000;

/** Puts what the embedded engine tells about itself into metrics and, where it matters, the log. */
export function watchEngine(
  { log, metrics }: { readonly log: Log; readonly metrics: PrometheusMetrics },
  now: () => number = () => performance.now(),
): (report: EngineReport) => void {
  let overloaded = false;
  let saidAt = -Infinity;
  const unsaid = new Map<string, BlockedSource>();
  const sayBlocked = (blocked: readonly BlockedSource[]): void => {
    for (const source of blocked) {
      const key = `${source.reason} ${source.address}`;
      const count = (unsaid.get(key)?.count ?? 0) + source.count;
      if (unsaid.has(key) || unsaid.size < 16) unsaid.set(key, { ...source, count });
    }
    if (unsaid.size === 0 || now() - saidAt < BLOCKED_EVERY_MS) return;
    saidAt = now();
    for (const { address, reason, count } of unsaid.values()) {
      log.warn('A source is kept out', { source: address, reason, messages: count });
    }
    unsaid.clear();
  };
  return (report) => {
    metrics.engineVitals(report);
    if (report.overloaded !== overloaded) {
      overloaded = report.overloaded;
      const figures = { delay_ms: Math.round(report.delayMs), refused: report.refused.overload };
      if (overloaded) log.warn('Overload: new calls are held back', figures);
      else log.info('Overload is over', figures);
    }
    sayBlocked(report.blocked);
  };
}
