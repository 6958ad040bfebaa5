import { EVERY_VERDICT, metricRows } from './metric-catalogue.js';

const INTRO = `# Metrics

Generated from src/telemetry/metric-catalogue.ts by \`npm run docs\`; do not edit it by hand.

\`GET /metrics\` answers them in the Prometheus text format, with the usual \`process_*\` and \`nodejs_*\`
metrics beside them. Every label has a closed set of values; what is outside it counts as \`other\`.
No number, party reference or id is ever a label.

Ratios are left to Prometheus: answer-seizure ratio is
\`sum(rate(callveil_calls_total{result="success"}[5m])) / sum(rate(callveil_calls_total[5m]))\`, and mean
call duration is \`callveil_call_duration_seconds_sum / callveil_call_duration_seconds_count\`. Alert when
\`increase(callveil_leak_guard_blocks_total[5m]) > 0\`. \`result="carrier_error"\` is the carrier's fault,
\`result="pbx_error"\` the PBX's, \`result="masking_error"\` is ours.

| metric | type | labels | meaning |
|---|---|---|---|
`;

/** docs/metrics.md. */
export function metricsReference(): string {
  const rows = metricRows().map(({ name, type, labels, help }) => {
    const told = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${set(values)}`);
    return `| \`${name}\` | ${type} | ${told.join('<br>')} | ${help} |`;
  });
  const buckets = metricRows().flatMap(({ name, buckets: bounds }) =>
    bounds === undefined ? [] : [`- \`${name}\`: ${bounds.join(', ')}`],
  );
  return `${INTRO}${rows.join('\n')}\n\n## Buckets\n\nUpper bounds in seconds:\n\n${buckets.join('\n')}\n`;
}

function set(values: readonly string[] | 'configured'): string {
  if (values === 'configured') return 'from this installation';
  return values === EVERY_VERDICT ? 'a verdict of docs/verdicts.md' : values.join(', ');
}
