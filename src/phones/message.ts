/** Compact header names of RFC 3261 §7.3.3 and later; a phone that knows only long names is blind. */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  n: 'identity-info',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
};

/** A header field: long name in lower case, value unfolded, otherwise as it came. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** A message as a phone received it. The raw bytes are kept: they are what a judge must look at. */
export class SipText {
  readonly raw: Buffer;
  readonly startLine: string;
  readonly fields: readonly Field[];
  readonly body: string;

  constructor(raw: Buffer) {
    this.raw = raw;
    const text = raw.toString('utf8');
    const end = text.indexOf('\r\n\r\n');
    const head = end < 0 ? text : text.slice(0, end);
    this.body = end < 0 ? '' : text.slice(end + 4);
    const [startLine = '', ...lines] = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
    this.startLine = startLine;
    this.fields = lines.flatMap(readField);
  }

  get isResponse(): boolean {
    return this.startLine.startsWith('SIP/2.0 ');
  }

  /** Status of a response; 0 for a request. */
  get status(): number {
    return this.isResponse ? Number(this.startLine.split(' ')[1]) : 0;
  }

  /** Method of a request, or of the request that a response answers. */
  get method(): string {
    if (!this.isResponse) return this.startLine.split(' ')[0] ?? '';
    return this.get('cseq').split(/\s+/)[1] ?? '';
  }

  get uri(): string {
    return this.startLine.split(' ')[1] ?? '';
  }

  get cseq(): number {
    return Number.parseInt(this.get('cseq'), 10);
  }

  get branch(): string {
    return /;\s*branch=([^;,\s]+)/i.exec(this.get('via'))?.[1] ?? '';
  }

  /** First value of a field, by its long name; empty when it is absent. */
  get(name: string): string {
    return this.all(name)[0] ?? '';
  }

  all(name: string): readonly string[] {
    const wanted = name.toLowerCase();
    return this.fields.filter((field) => field.name === wanted).map((field) => field.value);
  }

  has(name: string): boolean {
    return this.all(name).length > 0;
  }

  /** `INVITE` or `200 OK`: what a ladder shows. */
  get summary(): string {
    return this.isResponse ? this.startLine.slice('SIP/2.0 '.length) : this.method;
  }
}

function readField(line: string): Field[] {
  const colon = line.indexOf(':');
  if (colon < 0) return [];
  const name = line.slice(0, colon).trim().toLowerCase();
  return [{ name: COMPACT[name] ?? name, value: line.slice(colon + 1).trim() }];
}

/** The tag parameter of a From or To value; empty when there is none. */
export function tagOf(value: string): string {
  return /;\s*tag=([^;,\s]+)/i.exec(value)?.[1] ?? '';
}

/** The URI inside a From, To, Contact or Route value. */
export function uriOf(value: string): string {
  return /<([^>]*)>/.exec(value)?.[1] ?? value.split(';')[0]?.trim() ?? '';
}
