import { decodedBase64 } from './disguises.js';
import type { Needles } from './needles.js';
import { mayHoldNumber } from './number-scan.js';
import { isIp } from './text-needle.js';

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
  const decoded = decodedBase64(text).join('\n');
  return mayName(text, decoded, needles) || mayHoldNumber(`${text}\n${decoded}`, needles.numbers);
}

function mayName(text: string, decoded: string, needles: Needles): boolean {
  const [lower, within] = [text.toLowerCase(), decoded.toLowerCase()];
  const found = needles.texts.filter((needle) => lower.includes(needle.text));
  // Where media flows directly, nearly every body says the other party's address in c= lines.
  const expected = needles.directMedia && found.length > 0 && found.every(isIp);
  const said = expected ? withoutConnections(lower) : lower;
  return (
    found.some((needle) => said.includes(needle.text)) ||
    needles.texts.some((needle) => within.includes(needle.text))
  );
}

/** Without what the SDP c= lines say: in those an IP address may stand. */
function withoutConnections(text: string): string {
  const blank = text.indexOf('\r\n\r\n');
  if (blank === -1) return text;
  return text.slice(0, blank) + text.slice(blank).replace(/\nc=[^\r\n]*/g, '\nc=');
}

/** A body that is not SDP. */
function hasForeignBody(text: string): boolean {
  const blank = text.indexOf('\r\n\r\n');
  if (blank === -1) return text.includes('\n\n');
  return blank + 4 < text.length && !text.startsWith('v=', blank + 4);
}
