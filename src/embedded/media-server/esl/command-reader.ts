/** One command of an application: a line, header lines below it, and perhaps a body. */
export interface EslCommand {
  readonly line: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface ReaderLimits {
  /** One line in characters. */
  readonly lineLength: number;
  /** One whole command in bytes. */
  readonly commandBytes: number;
}

/** The peer speaks something else, or too much of it at once. */
export class NotACommand extends Error {
  override readonly name = 'NotACommand';
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts a stream into commands, which end at an empty line however the peer splits its writes; line
 * ends may be LF or CRLF. Empty lines between commands are passed over.
 */
export class CommandReader {
  readonly #limits: ReaderLimits;
  #buffer: Buffer = Buffer.alloc(0);
  /** No empty line begins before here, so each byte is looked at once. */
  #searched = 0;

  constructor(limits: ReaderLimits) {
    this.#limits = limits;
  }

  /** Bytes that belong to no command handed out yet. */
  get waiting(): number {
    return this.#buffer.length;
  }

  push(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
  }

  /** The next whole command; undefined until there is one. @throws NotACommand */
  next(): EslCommand | undefined {
    this.#skipEmptyLines();
    const head = this.#findEnd();
    if (head === undefined) {
      if (this.#buffer.length > this.#limits.commandBytes) throw new NotACommand('too long');
      return undefined;
    }
    const lines = this.#buffer.toString('utf8', 0, head.end).split(/\r?\n/);
    if (lines.some((line) => line.length > this.#limits.lineLength)) {
      throw new NotACommand('line too long');
    }
    const headers = readHeaders(lines.slice(1));
    const length = bodyLength(headers, this.#limits.commandBytes);
    if (this.#buffer.length < head.next + length) return undefined;
    const body = this.#buffer.toString('utf8', head.next, head.next + length);
    this.#buffer = this.#buffer.subarray(head.next + length);
    this.#searched = 0;
    return { line: lines[0] ?? '', headers, body };
  }

  #skipEmptyLines(): void {
    let at = 0;
    while (this.#buffer[at] === LF || (this.#buffer[at] === CR && this.#buffer[at + 1] === LF)) {
      at += this.#buffer[at] === LF ? 1 : 2;
    }
    if (at === 0) return;
    this.#buffer = this.#buffer.subarray(at);
    this.#searched = 0;
  }

  #findEnd(): { end: number; next: number } | undefined {
    let at = this.#buffer.indexOf(LF, this.#searched);
    for (; at >= 0; at = this.#buffer.indexOf(LF, at + 1)) {
      const after = this.#buffer[at + 1] === CR ? at + 2 : at + 1;
      if (this.#buffer[after] === LF) return { end: at, next: after + 1 };
    }
    this.#searched = Math.max(0, this.#buffer.length - 2);
    return undefined;
  }
}

function readHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

function bodyLength(headers: ReadonlyMap<string, string>, most: number): number {
  const text = headers.get('content-length');
  if (text === undefined) return 0;
  const length = /^\d{1,9}$/.test(text) ? Number(text) : Infinity;
  if (length > most) throw new NotACommand('body too long');
  return length;
}
