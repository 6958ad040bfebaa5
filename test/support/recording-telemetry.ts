import type { Log, LogFields, Metrics } from '../../src/flows/ports/telemetry.js';

export type Recorded = readonly [name: string, ...args: unknown[]];

/** Metrics that remember what they were told: `['sessionOpened', 'case']`. */
export function recordingMetrics(): Metrics & { readonly calls: Recorded[] } {
  const calls: Recorded[] = [];
  return new Proxy({ calls } as Metrics & { readonly calls: Recorded[] }, {
    get: (target, name) =>
      name === 'calls' ? target.calls : (...args: unknown[]) => calls.push([String(name), ...args]),
  });
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that remembers its lines, bindings of children merged in. */
export function recordingLog(
  lines: LogLine[] = [],
  bindings: LogFields = {},
): Log & { readonly lines: LogLine[] } {
  const write =
    (level: LogLine['level']) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields: { ...bindings, ...fields } });
    };
  return {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (more) => recordingLog(lines, { ...bindings, ...more }),
  };
}
