/** Octets of the fixed header (RFC 3550 §5.1). */
export const rtpHeaderOctets = 12;

/**
 * What is read of an RTP packet: the fixed header, and where the payload lies. CSRC list, header
 * extension and padding are stepped over and go nowhere. One of these is used again for each packet.
 */
export class RtpPacket {
  marker = false;
  payloadType = 0;
  sequence = 0;
  timestamp = 0;
  ssrc = 0;
  /** Offsets into the datagram; the payload may be empty. */
  payloadStart = 0;
  payloadEnd = 0;

  /** False: not an RTP packet of version 2 (RFC 3550 §A.1); what was read before stays partly. */
  read(bytes: Buffer): boolean {
    const { length } = bytes;
    if (length < rtpHeaderOctets) return false;
    const first = bytes[0] ?? 0;
    const second = bytes[1] ?? 0;
    if (first >> 6 !== 2) return false;
    const start = payloadStart(bytes, first);
    const padding = first & 0x20 ? (bytes[length - 1] ?? 0) : 0;
    if (first & 0x20 && padding === 0) return false;
    if (start + padding > length) return false;
    this.marker = second >= 0x80;
    this.payloadType = second & 0x7f;
    this.sequence = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
    this.timestamp = bytes.readUInt32BE(4);
    this.ssrc = bytes.readUInt32BE(8);
    this.payloadStart = start;
    this.payloadEnd = length - padding;
    return true;
  }
}

/** Beyond the datagram when an extension is cut off. */
function payloadStart(bytes: Buffer, first: number): number {
  const afterSources = rtpHeaderOctets + 4 * (first & 0x0f);
  if ((first & 0x10) === 0) return afterSources;
  if (afterSources + 4 > bytes.length) return Infinity;
  return afterSources + 4 + 4 * bytes.readUInt16BE(afterSources + 2);
}

/** Writes a fixed header without CSRC, extension or padding. */
export function writeRtpHeader(
  bytes: Buffer,
  at: number,
  fields: {
    readonly marker: boolean;
    readonly payloadType: number;
    readonly sequence: number;
    readonly timestamp: number;
    readonly ssrc: number;
  },
): void {
  bytes[at] = 0x80;
  bytes[at + 1] = fields.payloadType | (fields.marker ? 0x80 : 0);
  bytes.writeUInt16BE(fields.sequence, at + 2);
  bytes.writeUInt32BE(fields.timestamp, at + 4);
  bytes.writeUInt32BE(fields.ssrc, at + 8);
}

/** What is RTCP where both come to one port (RFC 5761 §4). */
export function isRtcp(bytes: Buffer): boolean {
  const type = bytes[1] ?? 0;
  return type >= 192 && type <= 223;
}

/** How far `later` is ahead of `earlier`: -32768 to 32767. */
export function sequenceDistance(earlier: number, later: number): number {
  return ((later - earlier) << 16) >> 16;
}

/** How far `later` is ahead of `earlier` in units of the media clock: -2³¹ to 2³¹ - 1. */
export function timestampDistance(earlier: number, later: number): number {
  return (later - earlier) | 0;
}
