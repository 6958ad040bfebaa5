/** One name-addr of From, Contact, P-Asserted-Identity … (RFC 3261 §20.10), as far as we read it. */
export interface NameAddr {
  readonly displayName: string | undefined;
  readonly uri: string;
  readonly tag: string | undefined;
}

/** Splits a header value at the commas that stand outside quotes and angle brackets. */
export function splitAtCommas(value: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let within: Within = 'nothing';
  for (let i = 0; i < value.length; i += 1) {
    const char = value[i] ?? '';
    if (char === '\\' && within === 'quotes') i += 1;
    else if (char === ',' && within === 'nothing') {
      parts.push(value.slice(start, i).trim());
      start = i + 1;
    } else within = WITHIN[within][char] ?? within;
  }
  parts.push(value.slice(start).trim());
  return parts.filter((part) => part !== '');
}

type Within = 'nothing' | 'quotes' | 'brackets';

const WITHIN: Readonly<Record<Within, Readonly<Partial<Record<string, Within>>>>> = {
  nothing: { '"': 'quotes', '<': 'brackets' },
  quotes: { '"': 'nothing' },
  brackets: { '>': 'nothing' },
};

/** Never throws; undefined when there is no URI in it. */
export function readNameAddr(value: string): NameAddr | undefined {
  const open = indexOfOutsideQuotes(value, '<');
  if (open === -1) return readAddrSpec(value);
  const close = value.indexOf('>', open);
  if (close === -1) return undefined;
  const displayName = unquote(value.slice(0, open).trim());
  return {
    displayName: displayName === '' ? undefined : displayName,
    uri: value.slice(open + 1, close).trim(),
    tag: tagIn(value.slice(close + 1)),
  };
}

/** Without brackets every parameter belongs to the header field, not to the URI (RFC 3261 §20). */
function readAddrSpec(value: string): NameAddr | undefined {
  const [uri = '', ...params] = value.split(';');
  if (!/^\s*[a-z][a-z0-9+.-]*:/i.test(uri)) return undefined;
  return { displayName: undefined, uri: uri.trim(), tag: tagIn(`;${params.join(';')}`) };
}

function indexOfOutsideQuotes(value: string, wanted: string): number {
  let quoted = false;
  for (let i = 0; i < value.length; i += 1) {
    if (value[i] === '\\' && quoted) i += 1;
    else if (value[i] === '"') quoted = !quoted;
    else if (value[i] === wanted && !quoted) return i;
  }
  return -1;
}

const unquote = (text: string): string =>
  text.startsWith('"') && text.endsWith('"') && text.length >= 2
    ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1')
    : text;

function tagIn(params: string): string | undefined {
  return /;\s*tag\s*=\s*([^;,\s>]+)/i.exec(params)?.[1];
}

/** The host of a SIP URI without port and brackets, as written. */
export function hostOf(uri: string): string | undefined {
  const rest = /^sips?:(.*)$/is.exec(uri)?.[1];
  if (rest === undefined) return undefined;
  const afterUser = rest.slice(rest.indexOf('@') + 1);
  return /^\[([^\]]+)\]|^([^:;?\s]+)/.exec(afterUser)?.slice(1).find(Boolean);
}
