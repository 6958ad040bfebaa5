/** Colours for a terminal; on anything else the same text without them. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

export function painter(colours: boolean): Paint {
  const code = (n: number) => (text: string) => (colours ? `\x1b[${n}m${text}\x1b[0m` : text);
  return {
    bold: code(1),
    dim: code(2),
    red: code(31),
    green: code(32),
    yellow: code(33),
    cyan: code(36),
  };
}

/** Pads or cuts text to exactly `width` columns. */
export function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

export function center(text: string, width: number): string {
  const left = Math.max(0, Math.floor((width - text.length) / 2));
  return fit(' '.repeat(left) + text, width);
}
