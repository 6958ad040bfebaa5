import { SourceNotices } from '../domain/source-notices.js';
import type { Clock } from '../domain/time.js';
import type { Log } from '../flows/ports/telemetry.js';
import type { EngineVitals, PrometheusMetrics } from '../telemetry/metrics.js';

export interface BlockedSource {
  readonly address: string;
  readonly reason: string;
  readonly count: number;
}

/** What went wrong in the engine, which went on. */
export interface EngineFault {
  /** `trouble`: with a socket or a peer; `bug`: nobody foresaw it. */
  readonly kind: 'trouble' | 'bug';
  readonly type: string;
  readonly text: string;
  readonly at: string;
  readonly times: number;
}

export type EngineReport = EngineVitals & {
  readonly blocked: readonly BlockedSource[];
  readonly faults: readonly EngineFault[];
};

/** Puts what the embedded engine tells about itself into metrics and, where it matters, the log. */
export function watchEngine({
  log,
  metrics,
  clock,
}: {
  readonly log: Log;
  readonly metrics: Pick<PrometheusMetrics, 'engineVitals'>;
  readonly clock: Clock;
}): (report: EngineReport) => void {
  let overloaded = false;
  let droppedBefore = 0;
  const notices = new SourceNotices(clock, (named, others) => {
    for (const { address, reason, count } of named) {
      log.warn('A source is kept out', { source: address, reason, messages: count });
    }
    if (others > 0) log.warn('More sources are kept out', { messages: others });
  });
  return (report) => {
    metrics.engineVitals(report);
    if (report.overloaded !== overloaded) {
      overloaded = report.overloaded;
      const figures = { delay_ms: Math.round(report.delayMs), refused: report.refused.overload };
      if (overloaded) log.warn('Overload: new calls are held back', figures);
      else log.info('Overload is over', figures);
    }
    for (const fault of report.faults) tellFault(fault, log);
    // The engine counts everything, and names only as many sources as fit into a report.
    const dropped = sum(Object.values(report.dropped));
    const named = sum(report.blocked.map(({ count }) => count));
    notices.note(report.blocked, Math.max(0, dropped - droppedBefore - named));
    droppedBefore = dropped;
  };
}

/** The text of a bug may quote a message, so only its kind and place are told. */
function tellFault({ kind, type, text, at, times }: EngineFault, log: Log): void {
  if (kind === 'trouble') log.warn('The SIP engine has trouble', { reason: text, times });
  else log.error('The SIP engine stumbled', { type, at, times });
}

const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);
