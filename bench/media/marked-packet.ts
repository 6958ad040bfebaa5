/**
 * What each packet of the callers says in its payload, so that it is known again wherever it comes out. A
 * server that decodes and encodes µ-law turns the byte 7f into ff, so numbers are written in digits of 100.
 */
/** No server's own address, so that no port of a caller is one that a server wants. */
export const CALLERS_HOST = '127.0.3.1';

export const MARK = 0x52545021;
/** In the packet, behind RTP's header of 12 bytes and four more. */
export const MARK_AT = 16;
const NUMBER_AT = 28;
const CALLER_DIGITS = 2;
const COUNT_DIGITS = 3;

export interface Marks {
  readonly caller: number;
  /** Which of its packets, from 0. */
  readonly count: number;
}

export function writeMarks(packet: Buffer, { caller, count }: Marks): void {
  writeDigits(packet, NUMBER_AT, CALLER_DIGITS, caller);
  writeDigits(packet, NUMBER_AT + CALLER_DIGITS, COUNT_DIGITS, count);
}

/** @param packet from its RTP header on; undefined for a packet of nobody's. */
export function readMarks(packet: Buffer): Marks | undefined {
  if (packet.length < NUMBER_AT + CALLER_DIGITS + COUNT_DIGITS) return undefined;
  if (packet.readUInt32BE(MARK_AT) !== MARK) return undefined;
  return {
    caller: readDigits(packet, NUMBER_AT, CALLER_DIGITS),
    count: readDigits(packet, NUMBER_AT + CALLER_DIGITS, COUNT_DIGITS),
  };
}

function writeDigits(packet: Buffer, at: number, digits: number, value: number): void {
  for (let rest = value, n = digits - 1; n >= 0; n -= 1, rest = Math.floor(rest / 100)) {
    packet[at + n] = rest % 100;
  }
}

function readDigits(packet: Buffer, at: number, digits: number): number {
  return packet.subarray(at, at + digits).reduce((value, digit) => 100 * value + digit, 0);
}
