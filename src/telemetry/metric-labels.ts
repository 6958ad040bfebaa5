import { OTHER } from './metric-catalogue.js';

export type LabelValues = Readonly<Record<string, string>>;

/** Values outside a label's closed set become `other`, whatever a peer sent. */
export function closedLabels(
  allowed: Readonly<Record<string, readonly string[] | 'configured'>>,
  values: LabelValues,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([label, value]) => {
      const set = allowed[label];
      const known = set === 'configured' || set?.includes(value) === true;
      return [label, known ? value : OTHER];
    }),
  );
}
