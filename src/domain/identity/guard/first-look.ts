import { decodedBase64 } from './disguises.js';
import type { Needles } from './needles.js';
import { mayHoldNumber } from './number-scan.js';

/** Encodings and forms that only the full reading undoes; we write none of them ourselves. */
const UNUSUAL = ['%', '\\', '  ', '\t', '\n ', '\r '];

/** Digits in quoted-printable; a single one is met by chance, as in `;tag=3f…`. */
const QUOTED_DIGITS = /=3\d=3\d/;

/**
 * Whether the message is worth a full reading. Nearly every message is not, and this look at the
 * whole of it costs a fraction of taking it apart. It may say yes in vain, never no in vain.
 */
export function mayLeak(text: string, needles: Needles): boolean {
  if (UNUSUAL.some((form) => text.includes(form)) || hasForeignBody(text)) return true;
  if (QUOTED_DIGITS.test(text)) return true;
  const readings = [text, ...decodedBase64(text)].join('\n');
  return mayName(readings, needles) || mayHoldNumber(readings, needles.numbers);
}

function mayName(text: string, needles: Needles): boolean {
  const lower = text.toLowerCase();
  return needles.texts.some((needle) => lower.includes(needle.text));
}

/** A body that is not SDP. */
function hasForeignBody(text: string): boolean {
  const blank = text.indexOf('\r\n\r\n');
  if (blank === -1) return text.includes('\n\n');
  return blank + 4 < text.length && !text.startsWith('v=', blank + 4);
}
