import type { SdpFault } from '../media-description.js';

/** One line `k=value`. */
export interface SdpLine {
  readonly kind: string;
  readonly value: string;
}

export interface Sections {
  readonly session: readonly SdpLine[];
  /** For each m-line its value, then the lines below it. */
  readonly media: readonly { readonly line: string; readonly below: readonly SdpLine[] }[];
}

// Far above what telephony sends, far below what would cost time: a description beyond any of
// these is refused before it is read.
const LONGEST_TEXT = 32_768;
const MOST_LINES = 600;
const MOST_MEDIA = 16;

/** Splits a description into its session part and its media parts (RFC 8866 §5). */
export function splitSections(text: string): Sections | SdpFault {
  if (text.length > LONGEST_TEXT) return 'too-large';
  const lines = text.split(/\r?\n/, MOST_LINES + 1);
  if (lines.length > MOST_LINES) return 'too-large';
  while (lines.at(-1) === '') lines.pop();
  if (lines[0] !== 'v=0' || !lines.every((line) => /^[a-z]=[^\0\r]*$/.test(line))) {
    return 'malformed';
  }
  const session: SdpLine[] = [];
  const media: { line: string; below: SdpLine[] }[] = [];
  for (const text of lines) {
    const line = { kind: text.slice(0, 1), value: text.slice(2) };
    if (line.kind === 'm') media.push({ line: line.value, below: [] });
    else (media.at(-1)?.below ?? session).push(line);
  }
  return media.length > MOST_MEDIA ? 'too-large' : { session, media };
}
