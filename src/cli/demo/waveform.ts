/** Dots of a Braille cell (Unicode 2800): bits of its left and right column, top to bottom. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const CELL = 0x2800;
/** Dots up and down from the middle line. */
const HEIGHT = 4;
/** What fills the height: prompts and voices are levelled to it. */
const FULL = 22_000;

/** The loudest sample in each of `columns` equal parts, 0 to 1. */
export function peaks(samples: Int16Array, columns: number): number[] {
  const part = samples.length / columns;
  return Array.from({ length: columns }, (_, column) => {
    const own = samples.subarray(Math.floor(column * part), Math.floor((column + 1) * part));
    const loudest = own.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    return Math.min(1, loudest / FULL);
  });
}

/** Two lines of `width` cells; silence is a thin line. */
export function waveform(samples: Int16Array, width: number): [string, string] {
  const levels = peaks(samples, 2 * width).map((peak) => Math.ceil(peak * HEIGHT - 0.1));
  const line = (lit: (level: number, dot: number) => boolean): string =>
    Array.from({ length: width }, (_, cell) => {
      const bits = DOTS.flatMap((column, side) => {
        const level = levels[2 * cell + side] ?? 0;
        return column.filter((_, dot) => lit(level, dot));
      });
      return String.fromCodePoint(bits.reduce((sum, bit) => sum + bit, CELL));
    }).join('');
  return [
    line((level, dot) => dot >= HEIGHT - Math.max(1, level)),
    line((level, dot) => dot < level),
  ];
}
