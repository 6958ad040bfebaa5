import { TEXTS, textOf, transportAddress } from './telltale-packets.js';
import type { Received, TelltaleLine } from './telltale-line.js';

/** What one side received: datagrams of media, and all bytes of SIP. */
export interface Heard {
  readonly line: TelltaleLine;
  readonly sip: Buffer;
}

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const inMedia = (heard: Heard, needle: Buffer | string): boolean =>
  heard.line.received.some(({ bytes }) => bytes.includes(needle));

/** What one side can recognise of the other: a row of the matrix each. */
const ROWS: Readonly<Record<string, (heard: Heard, other: TelltaleLine) => boolean>> = {
  ...Object.fromEntries(
    TEXTS.map((text) => [
      text,
      (heard: Heard, { side }: TelltaleLine) => inMedia(heard, textOf(side, text)),
    ]),
  ),
  SSRC: (heard, { ssrc }) => inMedia(heard, word(ssrc)),
  CSRC: (heard, { csrc }) => inMedia(heard, word(csrc)),
  'time of a sender report': (heard, { ntpSeconds }) => inMedia(heard, word(ntpSeconds)),
  'address in binary': (heard, other) => inMedia(heard, transportAddress(other)),
  'source of a datagram': ({ line }, other) =>
    line.received.some(({ from }) => from === other.address),
  'RTP sequence numbers': ({ line }, other) =>
    carried(line, other).some(({ sequence, sent }) => sequence === sent.sequence),
  'RTP timestamps': ({ line }, other) =>
    carried(line, other).some(({ timestamp, sent }) => timestamp === sent.timestamp),
  'payload type of digits in RTP': ({ line }, other) =>
    line.received.some((each) => typeOf(each) === other.formats.events),
  'payload type of digits in SDP': ({ sip }, other) =>
    sip.includes(`a=rtpmap:${other.formats.events} `),
  'order of codecs': ({ sip }, other) => sip.includes(`RTP/AVP ${other.formats.list}\r`),
  'address in SDP': ({ sip }, other) => sip.includes(`IN IP4 ${other.address}`),
  'port in SDP': ({ sip }, other) => sip.includes(`m=audio ${other.port} `),
  'port of RTCP in SDP': ({ sip }, other) => sip.includes(`a=rtcp:${other.port + 1}`),
  'session id of SDP': ({ sip }, other) => sip.includes(other.sessionId),
  'user of SDP': ({ sip }, other) => sip.includes(`o=${other.side} `),
  'SSRC in SDP': ({ sip }, other) => sip.includes(String(other.ssrc)),
  'CNAME in SDP': ({ sip }, { side }) => sip.includes(textOf(side, 'RTCP SDES CNAME')),
};

export const ALL_ROWS = Object.keys(ROWS);

export function recognised(heard: Heard, other: TelltaleLine): string[] {
  return ALL_ROWS.filter((row) => ROWS[row]?.(heard, other) === true);
}

/** Audio of the other side that came through, with where it stands in this stream and in the other's. */
export function carried(line: TelltaleLine, other: TelltaleLine) {
  return line.received.flatMap((one) => {
    const { bytes } = one;
    if (typeOf(one) !== 0 || bytes.length < 172) return [];
    const payload = bytes.subarray(bytes.length - 160);
    const sent = other.sent[(payload[0] ?? 0) * 100 + (payload[1] ?? 0)];
    if (sent === undefined || !payload.subarray(2).every((byte) => byte === 0xd5)) return [];
    return [{ sent, sequence: bytes.readUInt16BE(2), timestamp: bytes.readUInt32BE(4) }];
  });
}

/** Digits that came by the type that this side asked for. */
export const digits = ({ received, formats }: TelltaleLine): number =>
  received.filter((each) => typeOf(each) === formats.events).length;

function typeOf({ on, bytes }: Received): number | undefined {
  return on === 'rtp' && (bytes[0] ?? 0) >> 6 === 2 ? (bytes[1] ?? 0) & 0x7f : undefined;
}
