import { disguisedIn } from './guard/disguises.js';
import { mayLeak } from './guard/first-look.js';
import type { Leak } from './guard/leak.js';
import { fieldsOf, type MessageField } from './guard/message-fields.js';
import type { Needles } from './guard/needles.js';
import { holdsNumber } from './guard/number-scan.js';
import { contains, isIp, type TextNeedle } from './guard/text-needle.js';

export type { Leak } from './guard/leak.js';
export { compileNeedles, type Needles } from './guard/needles.js';
export type { LegPermitted, LegSecrets, LegTraces } from './guard/secrets.js';

/**
 * Reads one whole SIP message as it would leave (start line, header fields, body) for anything of
 * the other party. It is the last door, not the masking: messages are built from nothing, so a hit
 * is a fault of ours, and the message must not be sent. Never throws; the work grows with the length
 * of the message only.
 */
export function inspectMessage(needles: Needles, message: string): Leak | undefined {
  // Only a message with other than ASCII can hold full-width digits or composed letters.
  const text = isAscii(message) ? message : message.normalize('NFKC');
  if (!mayLeak(text, needles)) return undefined;
  for (const field of fieldsOf(text)) {
    const kind = inspectField(field, needles);
    if (kind !== undefined) return { field: field.field, kind, ...nameOf(field, needles) };
  }
  return undefined;
}

function inspectField(field: MessageField, needles: Needles): Leak['kind'] | undefined {
  for (const reading of [field.text, ...disguisedIn(field.text)]) {
    const kind = inspectText(reading, field, needles);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function inspectText(
  text: string,
  field: MessageField,
  needles: Needles,
): Leak['kind'] | undefined {
  if (holdsNumber(text, field.joining, needles.numbers)) return 'number';
  const lower = text.toLowerCase();
  const found = needles.texts.find(
    (needle) => applies(needle, field, needles) && contains(lower, needle),
  );
  return found?.kind;
}

function applies(needle: TextNeedle, field: MessageField, { directMedia }: Needles): boolean {
  if (needle.namesOnly && !field.wordy) return false;
  return !(directMedia && field.connection && isIp(needle));
}

/** The name goes into the log, so it is told only when it is a plain name that holds nothing. */
function nameOf(field: MessageField, needles: Needles): { headerName?: string } {
  const { name } = field;
  if (name === undefined || !/^[A-Za-z-]{1,40}$/.test(name)) return {};
  const lower = name.toLowerCase();
  return needles.texts.some((needle) => contains(lower, needle)) ? {} : { headerName: name };
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
