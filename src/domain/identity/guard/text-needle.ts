import type { Leak } from './leak.js';

/** What may stand beside a found text so that it counts. */
export type Boundary =
  /** No letter or digit: names. */
  | 'word'
  /** No further label, though a label in front is as telling: host names. */
  | 'host'
  /** No digit that makes it another address. */
  | 'ip4'
  | 'ip6'
  /** No ASCII letter or digit: tags, short Call-IDs. */
  | 'token'
  /** Long random texts count wherever they stand. */
  | 'any';

/** A text that must not appear; lower case. */
export interface TextNeedle {
  readonly text: string;
  readonly kind: Leak['kind'];
  readonly boundary: Boundary;
  /** Names are looked for only where texts of people can stand. */
  readonly namesOnly: boolean;
  /** Of what comes from a host: which. A leg that comes to share the host need not hide it. */
  readonly host?: string;
}

/** Whether the up to two characters on either side leave the found text standing on its own. */
const STANDS_ALONE: Readonly<Record<Boundary, (before: string, after: string) => boolean>> = {
  word: (before, after) => !/[\p{L}\p{N}]$/u.test(before) && !/^[\p{L}\p{N}]/u.test(after),
  host: (before, after) => !/[a-z0-9-]$/.test(before) && !/^\.?[a-z0-9]|^-/.test(after),
  ip4: (before, after) => !/\d\.?$/.test(before) && !/^\.?\d/.test(after),
  ip6: (before, after) => !/[0-9a-f:]$/.test(before) && !/^[0-9a-f:]/.test(after),
  token: (before, after) => !/[a-z0-9]$/.test(before) && !/^[a-z0-9]/.test(after),
  any: () => true,
};

/** Whether `text` (lower case) contains the needle with its boundaries. */
export function contains(text: string, needle: TextNeedle): boolean {
  const standsAlone = STANDS_ALONE[needle.boundary];
  let at = text.indexOf(needle.text);
  while (at !== -1) {
    const end = at + needle.text.length;
    if (standsAlone(text.slice(Math.max(0, at - 2), at), text.slice(end, end + 2))) return true;
    at = text.indexOf(needle.text, at + 1);
  }
  return false;
}

/** Whether the needle is an IP address as such: what a c= line may say. */
export const isIp = ({ boundary }: TextNeedle): boolean => boundary === 'ip4' || boundary === 'ip6';
