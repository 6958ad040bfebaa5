import { answerable, findHeadEnd, mayBeginMessage, readHead, type Head } from '../message/head.js';
import type { MessageLimits } from '../message/limits.js';
import { orParseError, ParseError } from '../message/parse-error.js';
import type { SipMessage } from '../message/sip-message.js';

/** What a stream turns out to hold, in order. */
export type Framed =
  | { readonly kind: 'message'; readonly message: SipMessage; readonly bytes: number }
  /** A double CRLF between messages, to be answered with a CRLF (RFC 5626 §4.4.1). */
  | { readonly kind: 'ping' }
  /** `fatal`: where the next message begins is unknown, the stream must be closed. */
  | {
      readonly kind: 'refused';
      readonly error: ParseError;
      readonly raw: Buffer;
      readonly fatal: boolean;
    };

const CR = 0x0d;
const LF = 0x0a;
const nothing = Buffer.alloc(0);
const smallestBuffer = 4_096;

/**
 * Cuts a byte stream into messages (RFC 3261 §18.3). Pure: what comes out depends on the bytes and
 * not on how they were chunked. Holds at most one message of the allowed size and one chunk.
 */
export class StreamFramer {
  readonly #limits: MessageLimits;
  #buffer: Buffer = nothing;
  #start = 0;
  #end = 0;
  /** Up to here, from the start, there is no empty line. */
  #searched = 0;
  /** Line ends seen since the last message or ping. */
  #lineEnds = 0;
  #open: { readonly head: Head; readonly headBytes: number; readonly total: number } | undefined;
  #dead = false;

  constructor(limits: MessageLimits) {
    this.#limits = limits;
  }

  /** Whether a message has begun that has not ended. */
  get midMessage(): boolean {
    return !this.#dead && this.#end - this.#start > 0;
  }

  push(chunk: Buffer): Framed[] {
    const framed: Framed[] = [];
    if (this.#dead) return framed;
    this.#append(chunk);
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      framed.push(next);
      if (next.kind === 'refused' && next.fatal) this.#die();
    }
    return framed;
  }

  #next(): Framed | undefined {
    if (this.#dead) return undefined;
    if (this.#open === undefined) {
      const blank = this.#skipLineEnds();
      if (blank !== undefined || this.#start === this.#end) return blank;
      const refused = this.#openMessage();
      if (refused !== undefined) return refused;
    }
    return this.#closeMessage();
  }

  /** Consumes line ends; every second CRLF in a row completes a ping. */
  #skipLineEnds(): Framed | undefined {
    while (this.#start < this.#end) {
      const first = this.#buffer[this.#start];
      if (first !== CR && first !== LF) return undefined;
      if (first === CR && this.#end - this.#start < 2) return undefined;
      const whole = first === CR && this.#buffer[this.#start + 1] === LF;
      this.#consume(whole ? 2 : 1);
      if (whole) this.#lineEnds += 1;
      if (this.#lineEnds < 2) continue;
      this.#lineEnds = 0;
      return { kind: 'ping' };
    }
    return undefined;
  }

  /** Reads the next head as soon as it is complete. */
  #openMessage(): Framed | undefined {
    const bytes = this.#buffer.subarray(this.#start, this.#end);
    const most = this.#limits.messageBytes;
    if (bytes[0] === CR) return undefined;
    if (!mayBeginMessage(bytes[0]))
      return refusal(new ParseError(400, 'Not A SIP Message'), nothing);
    const headEnd = findHeadEnd(bytes, this.#searched);
    // An empty line may yet begin with the last two bytes.
    this.#searched = Math.max(0, bytes.length - 2);
    if (headEnd === undefined ? bytes.length > most : headEnd.body > most)
      return tooLarge(bytes, most);
    if (headEnd === undefined) return undefined;
    return this.#openHead(bytes.subarray(0, headEnd.end), headEnd.body);
  }

  #openHead(raw: Buffer, headBytes: number): Framed | undefined {
    const head = orParseError(() => readHead(raw, this.#limits));
    if (head instanceof ParseError) return refusal(head, raw);
    // RFC 3261 §20.14: on a stream nothing else says where the message ends.
    if (head.contentLength === undefined) {
      return refusal(refused(400, 'Missing Content-Length', raw), raw);
    }
    const total = headBytes + head.contentLength;
    // Refused before the first byte of the body has come: none of it is ever buffered.
    if (total > this.#limits.messageBytes)
      return refusal(refused(513, 'Message Too Large', raw), raw);
    this.#open = { head, headBytes, total };
    return undefined;
  }

  #closeMessage(): Framed | undefined {
    const open = this.#open;
    if (open === undefined || this.#end - this.#start < open.total) return undefined;
    const bytes = this.#buffer.subarray(this.#start, this.#start + open.total);
    this.#open = undefined;
    this.#searched = 0;
    this.#lineEnds = 0;
    this.#consume(open.total);
    const { message, problem } = open.head;
    if (problem !== undefined) return { kind: 'refused', error: problem, raw: bytes, fatal: false };
    message.body = bytes.subarray(open.headBytes);
    return { kind: 'message', message, bytes: bytes.length };
  }

  #consume(count: number): void {
    this.#start += count;
    if (this.#start < this.#end) return;
    // Let go, not reused: bodies handed out are views into it.
    this.#buffer = nothing;
    this.#start = 0;
    this.#end = 0;
  }

  /** Grows by doubling, so that a message fed byte by byte is not copied once per byte. */
  #append(chunk: Buffer): void {
    const held = this.#end - this.#start;
    if (held === 0) {
      this.#buffer = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      return;
    }
    if (this.#end + chunk.length > this.#buffer.length) {
      const size = Math.max(smallestBuffer, 2 * held, held + chunk.length);
      const grown = Buffer.allocUnsafeSlow(size);
      this.#buffer.copy(grown, 0, this.#start, this.#end);
      this.#buffer = grown;
      this.#start = 0;
      this.#end = held;
    }
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  #die(): void {
    this.#dead = true;
    this.#open = undefined;
    this.#buffer = nothing;
    this.#start = 0;
    this.#end = 0;
  }
}

function refusal(error: ParseError, raw: Buffer): Framed {
  return { kind: 'refused', error, raw, fatal: true };
}

function refused(status: 400 | 513, detail: string, raw: Buffer): ParseError {
  return answerable(new ParseError(status, detail), raw.toString('utf8'));
}

/** Judged by the first bytes alone, up to the last whole line in them, however much has come. */
function tooLarge(bytes: Buffer, most: number): Framed {
  const first = bytes.subarray(0, most);
  const raw = first.subarray(0, first.lastIndexOf(LF) + 1);
  return refusal(refused(513, 'Message Too Large', raw), raw);
}
