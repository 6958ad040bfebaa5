import type { Side } from '../canaries.js';

/**
 * RTP and RTCP that say as much as these protocols can about who sends them. Texts are canaries; what
 * is binary is a value that nothing else is likely to hold.
 */

/** Every place that can hold a text. */
export const TEXTS = [
  'RTP header extension',
  'RTP padding',
  'payload of a type that nobody agreed on',
  'RTCP SDES CNAME',
  'RTCP SDES NAME',
  'RTCP SDES EMAIL',
  'RTCP SDES PHONE',
  'RTCP SDES LOC',
  'RTCP SDES TOOL',
  'RTCP SDES NOTE',
  'RTCP SDES PRIV',
  'RTCP APP',
  'RTCP XR',
  'RTCP BYE reason',
  'RTCP on the port of RTP',
  'a datagram that is neither',
] as const;

export type Text = (typeof TEXTS)[number];

/** Of 20 octets, so that any packet can hold it. */
export const textOf = (side: Side, text: Text): string =>
  `${side}-canary-${String(TEXTS.indexOf(text)).padStart(2, '0')}`.padEnd(20, '~');

/** What identifies a sender in binary. */
export interface Marks {
  readonly ssrc: number;
  readonly csrc: number;
  readonly ntpSeconds: number;
  readonly address: string;
  readonly port: number;
}

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, n) => bytes.writeUInt32BE(value >>> 0, 4 * n));
  return bytes;
};

export interface RtpHead {
  readonly type: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker?: boolean;
}

export interface RtpExtras {
  readonly csrc?: number;
  readonly extension?: string;
  readonly padding?: string;
}

/** RFC 3550 §5.1 and §5.3.1. */
export function rtp(ssrc: number, head: RtpHead, payload: Buffer, more: RtpExtras = {}): Buffer {
  const { csrc, extension, padding } = more;
  const first = Buffer.alloc(4);
  first[0] = 0x80 | (padding ? 0x20 : 0) | (extension ? 0x10 : 0) | (csrc === undefined ? 0 : 1);
  first[1] = head.type | (head.marker === true ? 0x80 : 0);
  first.writeUInt16BE(head.sequence & 0xffff, 2);
  const parts = [first, words(head.timestamp, ssrc)];
  if (csrc !== undefined) parts.push(words(csrc));
  if (extension !== undefined) {
    parts.push(words(0xbede0000 | (extension.length / 4)), Buffer.from(extension));
  }
  parts.push(payload);
  if (padding !== undefined) {
    parts.push(Buffer.from(padding), Buffer.from([0, 0, 0, padding.length + 4]));
  }
  return Buffer.concat(parts);
}

const packet = (type: number, count: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x80 | count, type, 0, body.length / 4]), body]);

const padded = (bytes: Buffer, least = 0): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(least + ((4 - ((bytes.length + least) % 4)) % 4))]);

const item = (type: number, text: string): Buffer =>
  Buffer.concat([Buffer.from([type, text.length]), Buffer.from(text)]);

/** RFC 3550 §6.4 to §6.7 and RFC 3611: a compound with all that it may hold. */
export function rtcp(side: Side, marks: Marks, timestamp: number): Buffer {
  const text = (of: Text): string => textOf(side, of);
  const names: readonly Text[] = TEXTS.filter((name) => name.startsWith('RTCP SDES'));
  const items = names.map((name, n) =>
    name === 'RTCP SDES PRIV' ? item(8, `\u0004name${text(name)}`) : item(n + 1, text(name)),
  );
  const report = words(marks.ssrc, marks.ntpSeconds, 0x1234, timestamp, 100, 16_000);
  // RFC 3611 §4: a block of a type that is not assigned.
  const extended = Buffer.concat([words(marks.ssrc, 0x63000005), Buffer.from(text('RTCP XR'))]);
  return Buffer.concat([
    packet(200, 0, report),
    packet(202, 1, padded(Buffer.concat([words(marks.ssrc), ...items]), 1)),
    packet(204, 1, Buffer.concat([words(marks.ssrc), Buffer.from(`CALL${text('RTCP APP')}`)])),
    packet(207, 0, extended),
  ]);
}

/** RFC 3550 §6.6, and a compound begins with a report. */
export function goodbye(side: Side, { ssrc }: Marks): Buffer {
  const text = textOf(side, 'RTCP BYE reason');
  const reason = Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
  return Buffer.concat([
    packet(201, 0, words(ssrc)),
    packet(203, 1, Buffer.concat([words(ssrc), padded(reason)])),
  ]);
}

/** RFC 5761: RTCP where RTP is heard, though nobody agreed on that. */
export function rtcpForRtp(side: Side, { ssrc }: Marks): Buffer {
  const name = item(1, textOf(side, 'RTCP on the port of RTP'));
  return Buffer.concat([
    packet(201, 0, words(ssrc)),
    packet(202, 1, padded(Buffer.concat([words(ssrc), name]), 1)),
  ]);
}

/** The six octets that name a transport address in binary, as in STUN's MAPPED-ADDRESS. */
export function transportAddress({ address, port }: Marks): Buffer {
  return Buffer.from([port >> 8, port & 0xff, ...address.split('.').map(Number)]);
}

/** RFC 8489 §5, §14.1, §14.14: a STUN message with the sender's address and a text. */
export function stun(side: Side, marks: Marks): Buffer {
  const text = Buffer.from(textOf(side, 'a datagram that is neither'));
  const mapped = Buffer.concat([words(0x00010008), Buffer.from([0, 1]), transportAddress(marks)]);
  const software = Buffer.concat([words(0x80220000 | text.length), text]);
  const attributes = Buffer.concat([mapped, software]);
  return Buffer.concat([
    words(0x00010000 | attributes.length, 0x2112a442, 1, 2, marks.ssrc),
    attributes,
  ]);
}
