import { SHORTEST_TAIL } from '../../numbers/spellings.js';
import { parseIpAddress } from '../ip-address.js';
import type { NumberNeedles } from './needles.js';

/**
 * How far digits belong together. In `loose` text any visual separator joins groups of digits; in
 * `tight` text (SDP lines and fields of several numbers) a space parts one value from the next.
 */
export type Joining = 'loose' | 'tight';

const LOOSE = tableOf(' \t-.()/');
const TIGHT = tableOf('-.()');
const DOT = 46;

// `(415) 555 - 0100`: more than this between two digits parts them.
const MOST_SEPARATORS = 3;
const LONGEST_WHOLE = 20;

const IPV4 = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/y;

/** A run of digit groups: where each begins and ends in the text. */
interface Run {
  readonly groups: readonly (readonly [start: number, end: number])[];
  readonly digits: number;
  readonly end: number;
}

/** Whether `text` holds one of the numbers. One pass; the work grows with the length only. */
export function holdsNumber(text: string, joining: Joining, needles: NumberNeedles): boolean {
  const separators = joining === 'loose' ? LOOSE : TIGHT;
  let at = nextDigit(text, 0);
  while (at < text.length) {
    const address = ipv4At(text, at);
    if (address === undefined) {
      const run = readRun(text, at, separators);
      if (run.digits >= SHORTEST_TAIL && tells(text, run, needles)) return true;
      at = nextDigit(text, run.end);
    } else {
      if (isNumberInDots(address, needles)) return true;
      at = nextDigit(text, at + address.length);
    }
  }
  return false;
}

function nextDigit(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isDigit(text, at)) at += 1;
  return at;
}

// What `readRun` reads, in loose text: separators and digits have nothing in common, so that no
// text makes this expression go back.
const LOOSE_RUN = /\d(?:[ \t\-.()/]{0,3}\d){6,}/g;

/**
 * Whether `text` could hold a number in any field it may be part of. Quick; it never answers no
 * where `holdsNumber` would answer yes for a line of the text.
 */
export function mayHoldNumber(text: string, needles: NumberNeedles): boolean {
  // The same few numbers and addresses stand in every field.
  for (const run of new Set(text.match(LOOSE_RUN))) {
    if (needles.permitted.has(run)) continue;
    const groups = run.split(/\D+/);
    const digits = groups.join('');
    if (needles.telling.some((spelling) => digits.includes(spelling))) return true;
    if (hasWhole(groups, needles.whole)) return true;
  }
  return false;
}

function readRun(text: string, from: number, separators: Uint8Array): Run {
  const groups: (readonly [number, number])[] = [];
  let digits = 0;
  let start = from;
  for (;;) {
    let end = start;
    while (isDigit(text, end)) end += 1;
    groups.push([start, end]);
    digits += end - start;
    const next = skipSeparators(text, end, separators);
    // An IP address after a space is a value of its own, not the end of a number.
    const dotted = text.charCodeAt(next - 1) === DOT;
    if (next === end || !isDigit(text, next) || (!dotted && ipv4At(text, next) !== undefined)) {
      return { groups, digits, end };
    }
    start = next;
  }
}

function skipSeparators(text: string, from: number, separators: Uint8Array): number {
  let at = from;
  while (at - from <= MOST_SEPARATORS && separators[text.charCodeAt(at)] === 1) at += 1;
  return at - from > MOST_SEPARATORS ? from : at;
}

function tells(text: string, run: Run, needles: NumberNeedles): boolean {
  const groups = run.groups.map(([start, end]) => text.slice(start, end));
  const digits = groups.join('');
  if (needles.permitted.has(digits)) return false;
  if (needles.telling.some((spelling) => digits.includes(spelling))) return true;
  // Short spellings tell only as a run of their own: not inside a token such as 7f5550100ab.
  const first = isAlphanumeric(text, (run.groups[0]?.[0] ?? 0) - 1) ? 1 : 0;
  const last = groups.length - (isAlphanumeric(text, run.end) ? 1 : 0);
  return hasWhole(groups.slice(first, last), needles.whole);
}

/** Whether some neighbouring groups together are a whole spelling. */
function hasWhole(groups: readonly string[], whole: ReadonlySet<string>): boolean {
  for (let first = 0; first < groups.length; first += 1) {
    let digits = '';
    for (let last = first; last < groups.length && digits.length <= LONGEST_WHOLE; last += 1) {
      digits += groups[last] ?? '';
      if (digits.length >= SHORTEST_TAIL && whole.has(digits)) return true;
    }
  }
  return false;
}

function ipv4At(text: string, at: number): string | undefined {
  // Nearly every digit is no address: look for the first dot before asking the expression.
  let dot = at;
  while (dot < at + 3 && isDigit(text, dot)) dot += 1;
  if (text.charCodeAt(dot) !== DOT || !isDigit(text, dot + 1)) return undefined;
  IPV4.lastIndex = at;
  const found = IPV4.exec(text)?.[0];
  return found !== undefined && parseIpAddress(found) !== undefined ? found : undefined;
}

/** `12.34.56.78` may be a Danish number, unless it is an address that this leg rightly says. */
function isNumberInDots(address: string, needles: NumberNeedles): boolean {
  return !needles.ownAddresses.has(address) && needles.whole.has(address.replaceAll('.', ''));
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function isAlphanumeric(text: string, at: number): boolean {
  return at >= 0 && /[A-Za-z0-9]/.test(text.charAt(at));
}

/** One entry for each ASCII code, because a look-up in a set costs more than all the rest. */
function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
