/** ITU-T Q.23. */
export const lowTones = [697, 770, 852, 941] as const;
export const highTones = [1209, 1336, 1477, 1633] as const;

/** Rows are the low tones, columns the high ones. */
const keys = ['123A', '456B', '789C', '*0#D'] as const;

export function keyAt(row: number, column: number): string | undefined {
  return keys[row]?.[column];
}

/** The two frequencies of a digit in Hz; undefined: it has none. */
export function tonesOf(digit: string): readonly [number, number] | undefined {
  const row = keys.findIndex((each) => each.includes(digit));
  const low = lowTones[row];
  const high = highTones[keys[row]?.indexOf(digit) ?? -1];
  return digit.length !== 1 || low === undefined || high === undefined ? undefined : [low, high];
}
