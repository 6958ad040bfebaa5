import { isToken, splitOutside, trimBlank } from './text.js';

/**
 * Parameters of a header value: names in lower case, values as written (a quoted string keeps its
 * quotes), undefined for a bare flag. Of a repeated name the first counts. A Map, because names
 * come from strangers and `__proto__` is one.
 */
export type Params = ReadonlyMap<string, string | undefined>;

const noParams: Params = new Map();
const plainValue = /^[^\s"<>,;\\]+$/;
const quotedValue = /^"(?:[^"\\]|\\[\s\S])*"$/;

/** Parses `;name=value;flag` or the empty text; undefined when any part of it is malformed. */
export function parseParams(text: string): Params | undefined {
  const trimmed = trimBlank(text);
  if (trimmed === '') return noParams;
  if (!trimmed.startsWith(';')) return undefined;
  const parts = splitOutside(trimmed.slice(1), ';');
  if (parts === undefined) return undefined;
  const params = new Map<string, string | undefined>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = trimBlank(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? undefined : trimBlank(part.slice(equals + 1));
    if (!isToken(name) || (value !== undefined && !isParamValue(value))) return undefined;
    const key = name.toLowerCase();
    if (!params.has(key)) params.set(key, value);
  }
  return params;
}

export function stringifyParams(params: Params): string {
  let text = '';
  for (const [name, value] of params)
    text += value === undefined ? `;${name}` : `;${name}=${value}`;
  return text;
}

/** gen-value of RFC 3261 §25.1: token, host or quoted string; `[::1]` and the like included. */
function isParamValue(value: string): boolean {
  return value.startsWith('"') ? quotedValue.test(value) : plainValue.test(value);
}
